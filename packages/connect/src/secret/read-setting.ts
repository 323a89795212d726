import { Expect, got, type Problem } from "../expect.ts";
import { readHosts } from "../hosts.ts";
import type { SecretSetting } from "./setting.ts";

const presets = [
  "secretreader",
  "kubeconfig-secretreader",
  "token-secretreader",
  "argocd-agent",
  "push",
  "managed-service-account",
] as const satisfies readonly SecretSetting["preset"][];
const everywhere = ["kind", "preset", "namespace", "consent", "keys", "hosts"];
const own = { push: ["consumer", "name"], "managed-service-account": ["serviceAccount"] } as const;

const namespaceName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const dataKey = /^[-._a-zA-Z0-9]{1,253}$/;

/** Reads how a provider's credentials are found in Secrets. */
export function readSecretSetting(setting: unknown, path: string, problems: Problem[]): SecretSetting | undefined {
  const expect = new Expect(problems);
  const fields = expect.record(setting, path, "how its Secrets are read");
  if (fields === undefined) return undefined;
  expect.oneOf(fields["kind"] ?? null, `${path}.kind`, ["secret"]);
  const preset = expect.oneOf(fields["preset"] ?? null, `${path}.preset`, presets);
  const where = readWhere(fields, path, expect, problems);
  if (preset === undefined) return undefined;
  const extra = preset === "push" || preset === "managed-service-account" ? own[preset] : [];
  expect.nothingBut(fields, path, [...everywhere, ...extra]);
  if (preset === "push") {
    const consumer = expect.text(fields["consumer"], `${path}.consumer`, "the consumer as whom Secrets are read");
    const name = expect.optionalText(fields["name"], `${path}.name`, 'the name of a Secret, such as "{name}-kubeconfig"');
    if (name !== undefined && !name.includes("{name}"))
      // One Secret for all would be the credential of one cluster, sent to every other.
      problems.push({ path: `${path}.name`, message: `expected a name with {name} in it, which tells clusters apart, got ${got(name)}` });
    return consumer === undefined ? undefined : { ...where, preset, consumer, ...(name !== undefined && { name }) };
  }
  if (preset !== "managed-service-account") return { ...where, preset };
  const serviceAccount = expect.text(fields["serviceAccount"], `${path}.serviceAccount`, "the ManagedServiceAccount whose token is synced");
  return serviceAccount === undefined ? undefined : { ...where, preset, serviceAccount };
}

function readWhere(fields: Readonly<Record<string, unknown>>, path: string, expect: Expect, problems: Problem[]) {
  const namespace = matching(fields["namespace"], namespaceName, `${path}.namespace`, "a namespace", problems);
  const consent = expect.oneOf(fields["consent"], `${path}.consent`, ["profile", "namespace"]);
  const keys = expect
    .list(fields["keys"], `${path}.keys`)
    .flatMap((key, at) => matching(key ?? "", dataKey, `${path}.keys[${at}]`, "a key of a Secret", problems) ?? []);
  const hosts = readHosts(fields["hosts"], `${path}.hosts`, problems);
  return {
    kind: "secret" as const,
    ...(namespace !== undefined && { namespace }),
    ...(consent !== undefined && { consent }),
    ...(keys.length > 0 && { keys }),
    ...(hosts !== undefined && { hosts }),
  };
}

function matching(value: unknown, pattern: RegExp, path: string, what: string, problems: Problem[]): string | undefined {
  if (value === undefined || (typeof value === "string" && pattern.test(value))) return value;
  problems.push({ path, message: `expected ${what}, got ${got(value)}` });
  return undefined;
}
