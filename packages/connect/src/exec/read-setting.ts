import { entryAt, Expect, type Problem } from "../expect.ts";
import { readHosts } from "../hosts.ts";
import type { ProviderEntry } from "../provider.ts";
import { allowedProblems } from "./allowed.ts";
import type { PluginRules } from "./environment.ts";

/** What an operator says of a plugin that we run, beside its entry in the provider file. */
export interface PluginSetting {
  readonly kind: "exec";
  /** Variables of our own environment that it is given. */
  readonly passEnv?: readonly string[];
  /** Arguments that a profile may add, such as `--tenant-id`, each with the pattern of its value. */
  readonly allowArgs?: Readonly<Record<string, string>>;
  /** Variables that a profile may add, each with the pattern of its value. */
  readonly allowEnv?: Readonly<Record<string, string>>;
  /** Where its credentials may be sent. */
  readonly hosts?: readonly string[];
}

/** Reads what an operator says of a plugin. */
export function readPluginSetting(setting: unknown, path: string, problems: Problem[]): PluginSetting | undefined {
  const expect = new Expect(problems);
  const fields = expect.record(setting, path, "how its plugin is run");
  if (fields === undefined) return undefined;
  expect.oneOf(fields["kind"] ?? null, `${path}.kind`, ["exec"]);
  expect.nothingBut(fields, path, ["kind", "passEnv", "allowArgs", "allowEnv", "hosts"]);
  const passEnv = expect
    .list(fields["passEnv"], `${path}.passEnv`)
    .map((each, at) => expect.variableName(each, `${path}.passEnv[${at}]`) ?? "");
  const [allowArgs, allowEnv] = ["allowArgs", "allowEnv"].map((key) => patterns(fields[key], `${path}.${key}`, expect));
  const hosts = readHosts(fields["hosts"], `${path}.hosts`, problems);
  problems.push(...allowedProblems({ args: allowArgs, env: allowEnv }, path));
  return {
    kind: "exec",
    ...(passEnv.length > 0 && { passEnv }),
    ...(allowArgs && { allowArgs }),
    ...(allowEnv && { allowEnv }),
    ...(hosts !== undefined && { hosts }),
  };
}

function patterns(value: unknown, path: string, expect: Expect): Readonly<Record<string, string>> | undefined {
  if (value === undefined) return undefined;
  const given = Object.entries(expect.record(value, path, "patterns by name") ?? {});
  return Object.fromEntries(
    given.map(([name, pattern]) => [name, expect.text(pattern, entryAt(path, name), "a pattern", "may be empty") ?? ""]),
  );
}

/** The rules for a plugin: the policies of its entry, with what the operator allows beside it. */
export function pluginRules(
  {
    profileSourcedCLIArgsPolicy,
    profileSourcedEnvVarsPolicy,
  }: Pick<ProviderEntry, "profileSourcedCLIArgsPolicy" | "profileSourcedEnvVarsPolicy">,
  { passEnv, allowArgs, allowEnv }: Partial<PluginSetting> = {},
): PluginRules {
  return {
    passEnv,
    fromProfile: { argsPolicy: profileSourcedCLIArgsPolicy, envPolicy: profileSourcedEnvVarsPolicy, args: allowArgs, env: allowEnv },
  };
}
