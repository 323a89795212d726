import { Expect, type Problem } from "./expect.ts";
import type { ExecConfig, Provider } from "./provider.ts";

const apiVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
const argumentPolicies = ["", "Ignore", "Append"] as const;
const environmentPolicies = ["", "Ignore", "AppendIfNotExists", "Replace"] as const;
const interactiveModes = ["", "Never", "IfAvailable", "Always"];

/** Reads one entry of a provider file; fields that are not known are left alone, as every reader of that file does. */
export function readEntry(entry: unknown, path: string, problems: Problem[]): Provider | undefined {
  const expect = new Expect(problems);
  const fields = expect.record(entry, path, "a provider");
  if (fields === undefined) return undefined;
  const name = expect.text(fields["name"], `${path}.name`, "the name under which profiles offer it");
  const profileSourcedCLIArgsPolicy = expect.oneOf(
    fields["profileSourcedCLIArgsPolicy"],
    `${path}.profileSourcedCLIArgsPolicy`,
    argumentPolicies,
  );
  const profileSourcedEnvVarsPolicy = expect.oneOf(
    fields["profileSourcedEnvVarsPolicy"],
    `${path}.profileSourcedEnvVarsPolicy`,
    environmentPolicies,
  );
  const execConfig = readExecConfig(fields["execConfig"], `${path}.execConfig`, expect);
  if (name === undefined) return undefined;
  if (execConfig === undefined) return { name };
  const policies = {
    ...(profileSourcedCLIArgsPolicy && { profileSourcedCLIArgsPolicy }),
    ...(profileSourcedEnvVarsPolicy && { profileSourcedEnvVarsPolicy }),
  };
  return { name, execConfig, ...policies };
}

function readExecConfig(value: unknown, path: string, expect: Expect): ExecConfig | undefined {
  if (value === undefined || value === null) return undefined;
  const fields = expect.record(value, path, "a credential plugin");
  if (fields === undefined) return undefined;
  const command = expect.text(fields["command"], `${path}.command`, "the command of the plugin");
  const args = expect
    .list(fields["args"], `${path}.args`)
    .map((each, at) => expect.text(each, `${path}.args[${at}]`, "an argument", "may be empty") ?? "");
  const env = expect.list(fields["env"], `${path}.env`).map((each, at) => readVariable(each, `${path}.env[${at}]`, expect));
  const apiVersion = expect.oneOf(fields["apiVersion"] ?? null, `${path}.apiVersion`, apiVersions);
  const installHint = expect.optionalText(fields["installHint"], `${path}.installHint`, "a hint");
  const provideClusterInfo = expect.flag(fields["provideClusterInfo"], `${path}.provideClusterInfo`);
  const interactiveMode = expect.oneOf(fields["interactiveMode"], `${path}.interactiveMode`, interactiveModes);
  if (command === undefined || apiVersion === undefined) return undefined;
  return {
    command,
    args,
    env,
    apiVersion,
    ...(installHint !== undefined && { installHint }),
    ...(provideClusterInfo && { provideClusterInfo }),
    ...(interactiveMode !== undefined && { interactiveMode }),
  };
}

function readVariable(value: unknown, path: string, expect: Expect): { readonly name: string; readonly value: string } {
  const fields = expect.record(value, path, "a variable with name and value") ?? { name: "unread" };
  return {
    name: expect.variableName(fields["name"], `${path}.name`) ?? "",
    value: expect.optionalText(fields["value"], `${path}.value`, "the value of a variable") ?? "",
  };
}
