import { entryAt, Expect, got, type Problem } from "./expect.ts";
import { readPluginSetting, type PluginSetting } from "./exec/read-setting.ts";
import { readHosts } from "./hosts.ts";
import type { CloudLogin, CredentialSource, PluginSource, Provider } from "./provider.ts";
import { readSecretSetting } from "./secret/read-setting.ts";
import { readHubToken, readTokenRequest } from "./token/read-setting.ts";

/** What an operator says of a provider beside its entry in the provider file. */
export type Setting = Pick<Provider, "login" | "hosts"> & { readonly credential?: Exclude<CredentialSource, PluginSource> | PluginSetting };

const kinds = ["gcp", "aws", "azure", "exec", "secret", "token-request", "hub-token", "reference"] as const;

/** Reads how a provider logs in: with a cloud identity of the consumer, or with a credential that we get. */
export function readSetting(setting: unknown, path: string, problems: Problem[]): Setting | undefined {
  const expect = new Expect(problems);
  const fields = expect.record(setting, path, "a login");
  if (fields === undefined) return undefined;
  const kind = expect.oneOf(fields["kind"] ?? null, `${path}.kind`, kinds);
  const said = kind && readKind(kind, fields, path, problems);
  // These two read their hosts themselves, and one mistake is said once.
  if (kind === "exec" || kind === "secret") return said;
  const hosts = readHosts(fields["hosts"], `${path}.hosts`, problems);
  return said && { ...said, ...(hosts !== undefined && { hosts }) };
}

function readKind(kind: (typeof kinds)[number], fields: Fields, path: string, problems: Problem[]): Setting | undefined {
  const expect = new Expect(problems);
  switch (kind) {
    case "gcp":
      expect.nothingBut(fields, path, ["kind", "hosts"]);
      return { login: { kind } };
    case "aws":
      expect.nothingBut(fields, path, ["kind", "clusterName", "roleArn", "profile", "hosts"]);
      return { login: readAws(fields, path, expect, problems) };
    case "azure":
      expect.nothingBut(fields, path, ["kind", "env", "hosts"]);
      return { login: { kind, env: readEnvironment(fields["env"], `${path}.env`, expect) } };
    case "reference":
      expect.nothingBut(fields, path, ["kind"]);
      return { credential: { kind } };
    case "exec":
      return from(readPluginSetting(fields, path, problems));
    case "secret":
      return from(readSecretSetting(fields, path, problems));
    case "token-request":
      return from(readTokenRequest(fields, path, problems));
    case "hub-token":
      return from(readHubToken(fields, path, problems));
  }
}

function from(credential: (Setting["credential"] & { readonly hosts?: readonly string[] }) | undefined): Setting | undefined {
  return credential && { credential, ...(credential.hosts !== undefined && { hosts: credential.hosts }) };
}

type Fields = Readonly<Record<string, unknown>>;

function readAws(fields: Fields, path: string, expect: Expect, problems: Problem[]): CloudLogin {
  const roleArn = expect.optionalText(fields["roleArn"], `${path}.roleArn`, "the ARN of a role");
  if (roleArn !== undefined && !/^arn:[^:\s]+:iam::\d+:role\/\S+$/.test(roleArn))
    problems.push({
      path: `${path}.roleArn`,
      message: `expected the ARN of a role, such as arn:aws:iam::111122223333:role/argocd, got ${got(roleArn)}`,
    });
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
      const at = entryAt(path, name);
      return [expect.variableName(name, at) ?? "", expect.text(text, at, "the value of a variable", "may be empty") ?? ""];
    }),
  );
}
