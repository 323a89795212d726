import { Expect, type Problem } from "./expect.ts";
import type { CloudLogin } from "./provider.ts";

/** Reads how a provider logs in with a cloud identity of the consumer. */
export function readSetting(setting: unknown, path: string, problems: Problem[]): CloudLogin | undefined {
  const expect = new Expect(problems);
  const fields = expect.record(setting, path, "a login");
  if (fields === undefined) return undefined;
  const kind = expect.oneOf(fields["kind"] ?? null, `${path}.kind`, ["gcp", "aws", "azure"]);
  if (kind !== undefined) expect.nothingBut(fields, path, keys[kind]);
  if (kind === "gcp") return { kind };
  if (kind === "aws") return readAws(fields, path, expect);
  return kind === "azure" ? { kind, env: readEnvironment(fields["env"], `${path}.env`, expect) } : undefined;
}

const keys = { gcp: ["kind"], aws: ["kind", "clusterName", "roleArn", "profile"], azure: ["kind", "env"] } as const;

function readAws(fields: Readonly<Record<string, unknown>>, path: string, expect: Expect): CloudLogin {
  const roleArn = expect.optionalText(fields["roleArn"], `${path}.roleArn`, "the ARN of a role");
  if (roleArn !== undefined && !/^arn:[^:\s]+:iam::\d+:role\/\S+$/.test(roleArn))
    expect.text(undefined, `${path}.roleArn`, "the ARN of a role, such as arn:aws:iam::111122223333:role/argocd");
  const profile = expect.optionalText(fields["profile"], `${path}.profile`, "an AWS profile");
  const clusterName = readSource(fields["clusterName"], `${path}.clusterName`, expect);
  return {
    kind: "aws",
    ...(clusterName !== undefined && { clusterName }),
    ...(roleArn !== undefined && { roleArn }),
    ...(profile !== undefined && { profile }),
  };
}

function readSource(value: unknown, path: string, expect: Expect): Extract<CloudLogin, { kind: "aws" }>["clusterName"] {
  if (value === undefined) return undefined;
  const fields = expect.record(value, path, "where the name of the cluster stands");
  if (fields === undefined) return undefined;
  expect.nothingBut(fields, path, ["from", "key"]);
  const from = expect.oneOf(fields["from"] ?? null, `${path}.from`, ["extension", "property", "label"]);
  const key = expect.text(fields["key"], `${path}.key`, "the key of the name");
  return from === undefined || key === undefined ? undefined : { from, key };
}

function readEnvironment(value: unknown, path: string, expect: Expect): Readonly<Record<string, string>> {
  const variables = Object.entries(expect.record(value, path, "variables by name") ?? {});
  return Object.fromEntries(
    variables.map(([name, text]) => {
      const at = `${path}[${JSON.stringify(name)}]`;
      return [expect.variableName(name, at) ?? "", expect.text(text, at, "the value of a variable", "may be empty") ?? ""];
    }),
  );
}
