import { type Access, type Cluster, Hidden, isRefusal, type Refusal } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import type { ExecConfig } from "../provider.ts";
import type { PluginRules } from "./environment.ts";
import type { Resolved } from "../resolve.ts";
import { type ExecOptions, execResolve } from "./resolve.ts";

const v1 = "client.authentication.k8s.io/v1";
const endpoint = { server: "https://paris.test" };
const cluster: Cluster = {
  id: "fleet/paris",
  namespace: "fleet",
  name: "paris",
  uid: "u-1",
  createdAt: "",
  resourceVersion: "1",
  displayName: "paris",
  manager: "hand",
  labels: {},
  properties: {},
  conditions: {},
  health: "unknown",
  access: [],
};

interface Asked extends ExecOptions {
  readonly plugin?: Partial<ExecConfig>;
  readonly access?: Partial<Access>;
  readonly signal?: AbortSignal;
  readonly known?: readonly Hidden<string>[];
}

/** Runs a script of the shell as the plugin of a provider called `p`. */
function ask(script: string, { plugin, access, signal, known = [], ...options }: Asked = {}): Promise<Resolved | Refusal> {
  const execConfig = { command: "/bin/sh", args: ["-c", script], apiVersion: v1, ...plugin };
  const asked = { cluster, endpoint, access: { provider: "p", endpoint, ...access }, provider: { name: "p", execConfig }, known };
  return execResolve({ path: ["/usr/bin", "/bin"], ...options })(asked, signal ?? new AbortController().signal);
}

const print = (status: object, more: object = {}): string =>
  `echo '${JSON.stringify({ apiVersion: v1, kind: "ExecCredential", status, ...more })}'`;

async function refused(script: string, asked: Asked = {}): Promise<Refusal> {
  const answer = await ask(script, asked);
  if (isRefusal(answer)) return answer;
  throw new Error("it was not refused");
}

describe("a good plugin", () => {
  it("gives a token and when it ends, which prints as nothing", async () => {
    const answer = await ask(print({ token: "t0ken-of-paris", expirationTimestamp: "2999-01-01T00:00:00Z" }), { now: () => 0 });
    expect(answer).toMatchObject({ credential: { kind: "credential", provider: "p", expiresAt: "1970-01-31T00:00:00.000Z" } });
    expect(!isRefusal(answer) && answer.credential.token?.reveal()).toBe("t0ken-of-paris");
    expect(JSON.stringify(answer)).not.toContain("t0ken");
  });

  it("is told of its cluster, and sees of our environment what was passed to it by name", async () => {
    const script = `test "$A" = ours && test -z "$SECRET" && case "$KUBERNETES_EXEC_INFO" in *'"config":{"clusterName":"paris"}'*) ${print({ token: "told" })};; esac`;
    const environment = { A: "ours", SECRET: "marker" };
    const asked = { environment, plugin: { provideClusterInfo: true }, access: { config: { clusterName: "paris" } } };
    expect(await ask(script, { ...asked, rules: ({ name }) => (name === "p" ? { passEnv: ["A"] } : undefined) })).toMatchObject({
      credential: { provider: "p" },
    });
    expect(await ask(script, asked)).toMatchObject({ reason: "PluginFailed" });
  });

  it("is given what the profile adds where the operator allows it", async () => {
    const script = `test "$AZURE_CLIENT_ID$1" = one--region=eu && ${print({ token: "told" })}`;
    const rules = (): PluginRules => ({
      fromProfile: { argsPolicy: "Append", envPolicy: "Replace", args: { "--region": "[a-z]+" }, env: { AZURE_CLIENT_ID: "[a-z]+" } },
    });
    const access = { args: ["--region=eu"], env: [{ name: "AZURE_CLIENT_ID", value: "one" }] };
    const plugin = { args: ["-c", script, "sh"] };
    expect(await ask("", { plugin, access, rules })).toMatchObject({ credential: { provider: "p" } });
    expect(await ask("", { plugin, access: { ...access, args: ["--server=x"] }, rules })).toMatchObject({ reason: "ProfileNotAllowed" });
  });

  it("is found in the folders of the operator by its name alone", async () => {
    expect(await ask(print({ token: "t" }), { plugin: { command: "sh" } })).toMatchObject({ credential: { provider: "p" } });
  });
});

describe("a plugin that gives nothing is refused", () => {
  it.each<{ reason: string; when: string; script?: string; asked?: Asked; says: string }>([
    {
      reason: "CommandNotFound",
      when: "it is not there",
      asked: { plugin: { command: "/nowhere/x", installHint: " get it at x.test\n" } },
      says: 'plugin "/nowhere/x" of provider "p" is not there, or is no program; get it at x.test',
    },
    {
      reason: "CommandNotFound",
      when: "it is in no folder of the path",
      asked: { plugin: { command: "kubelogin" } },
      says: "put it into a folder of the path for plugins",
    },
    {
      reason: "CommandNotFound",
      when: "it is found by chance alone",
      asked: { plugin: { command: "./sh" } },
      says: "name it by its whole path",
    },
    {
      reason: "CommandNotFound",
      when: "it cannot start",
      asked: { plugin: { args: ["a".repeat(3_000_000)] } },
      says: "could not be started (E2BIG)",
    },
    {
      reason: "PluginFailed",
      when: "it fails",
      script: "echo no login >&2; exit 3",
      asked: { plugin: { installHint: "log in first" } },
      says: "ended with code 3; it said: no login; log in first",
    },
    { reason: "PluginFailed", when: "it is ended", script: "kill -KILL $$", says: "was ended by SIGKILL; it said nothing" },
    {
      reason: "PluginTimeout",
      when: "it hangs",
      script: "echo waiting >&2; sleep 60",
      asked: { deadline: 200, plugin: { installHint: "log in first" } },
      says: "did not end within 0.2 s and was ended; it said: waiting; see what it waits for; log in first",
    },
    { reason: "PluginTooLoud", when: "it prints without end", script: "head -c 100000000 /dev/zero", says: "printed more than 1 MiB" },
    {
      reason: "PluginAnswer",
      when: "it answers half",
      script: "printf '{\"status\":{'",
      asked: { plugin: { installHint: "log in first" } },
      says: `it is no JSON; it said nothing; have it print one ExecCredential of ${v1} and nothing else; log in first`,
    },
    { reason: "PluginAnswer", when: "its token holds a line end", script: print({ token: "a\\nb" }), says: "its token holds a character" },
    { reason: "PluginAnswer", when: "it prints its environment", script: "env", says: "it is no JSON" },
    {
      reason: "PluginAnswer",
      when: "it answers in another version",
      script: print({ token: "t" }, { apiVersion: "client.authentication.k8s.io/v1beta1" }),
      says: "asked for was client.authentication.k8s.io/v1",
    },
    {
      reason: "PluginExpired",
      when: "what it gives has expired",
      script: print({ token: "t", expirationTimestamp: "2020-01-01T00:00:00Z" }),
      says: "has expired already",
    },
  ])("$reason: $when", async ({ reason, script = "", asked, says }) => {
    expect(await refused(script, asked)).toEqual({ reason, message: expect.stringContaining(says) as string });
  });

  it("NoLogin: its provider has none", async () => {
    const asked = { cluster, endpoint, access: { provider: "p", endpoint }, provider: { name: "p" } };
    expect(await execResolve()(asked, new AbortController().signal)).toMatchObject({ reason: "NoLogin" });
  });

  it("PluginGivenUp: nobody waits for it any more", async () => {
    expect(await refused("sleep 60", { signal: AbortSignal.timeout(100) })).toMatchObject({ reason: "PluginGivenUp" });
  });
});

describe("a refusal holds nothing of a credential", () => {
  it.each([
    ["the plugin prints it on both ways", `${print({ token: "opaque-canary-token" })}; echo sending opaque-canary-token >&2; exit 1`],
    ["the plugin complains with it in its answer", `${print({ token: "canary\\n1" })}; echo sending canary >&2`],
    ["the plugin prints its environment", "env >&2; exit 1"],
    ["the plugin prints a key", "printf -- '-----BEGIN PRIVATE KEY-----\\ncanary\\n-----END PRIVATE KEY-----\\n' >&2; exit 1"],
    ["the plugin hangs after it", `${print({ token: "opaque-canary-token" })}; echo opaque-canary-token >&2; sleep 60`],
  ])("when %s", async (_, script) => {
    const env = [{ name: "CLIENT", value: "a-canary-of-the-operator" }];
    expect((await refused(script, { deadline: 300, plugin: { env } })).message).not.toContain("canary");
  });

  it("when the plugin complains with arguments that the operator wrote", async () => {
    const secrets = [
      "--client-secret",
      "canary one",
      "--password=canary-two",
      "-pcanary-three",
      "canary-four",
      '--header=a: "canary-five"',
    ];
    const args = [
      "-c",
      'for each in "$@"; do echo "bad $each" >&2; done; echo "$1 is bad" >&2; exit 1',
      "sh",
      ...secrets.slice(1),
      secrets[0]!,
    ];
    const { message } = await refused("", { plugin: { args } });
    expect(message).not.toContain("canary");
    expect(message).toContain("bad -p[hidden] | bad [hidden] | bad --header=[hidden] | bad --client-secret");
  });

  it("and yet says of which cluster the plugin complains", async () => {
    const asked = { plugin: { provideClusterInfo: true }, access: { config: { clusterName: "paris-1" } } };
    expect((await refused("echo no cluster paris-1 >&2; exit 1", asked)).message).toContain("it said: no cluster paris-1");
  });

  it("when the plugin complains with the token that it gave before", async () => {
    const known = [new Hidden("opaque canary")];
    expect((await refused("echo with opaque canary >&2; exit 1", { known })).message).toContain("it said: with [hidden]");
  });
});
