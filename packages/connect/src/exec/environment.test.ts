import type { Access, Endpoint } from "@rollcall/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExecConfig } from "../provider.ts";
import { type CallInput, pluginCall } from "./environment.ts";

const v1 = "client.authentication.k8s.io/v1";
const endpoint: Endpoint = { server: "https://paris.test" };
const info = `{"apiVersion":"${v1}","kind":"ExecCredential","spec":{"interactive":false}}`;
const variables = (env: Readonly<Record<string, string>>) => Object.entries(env).map(([name, value]) => ({ name, value }));

function call({ execConfig, ...more }: Partial<Omit<CallInput, "execConfig">> & { readonly execConfig?: Partial<ExecConfig> } = {}) {
  const plugin = { command: "/plugins/x", apiVersion: v1, ...execConfig };
  return pluginCall({ execConfig: plugin, endpoint, access: {}, rules: {}, path: ["/usr/bin", "/bin"], environment: {}, ...more });
}

describe("a plugin is called", () => {
  it("with a path, what it is to answer and what its operator wrote, and with nothing of ours", () => {
    const environment = { HOME: "/root", KUBERNETES_SERVICE_HOST: "10.0.0.1", ROLLCALL_TOKEN: "secret", PATH: "/tmp/evil" };
    const execConfig = { args: ["get-token"], env: variables({ A: "1" }) };
    expect(call({ execConfig, environment })).toEqual({
      args: ["get-token"],
      env: { PATH: "/usr/bin:/bin", A: "1", KUBERNETES_EXEC_INFO: info },
    });
    expect(call({ execConfig: { args: null, env: null } })).toMatchObject({ args: [], env: { PATH: "/usr/bin:/bin" } });
  });

  it("with those variables of ours that the operator passes by name, under what the entry says", () => {
    const environment = { HOME: "/root", AWS_REGION: "eu", SECRET: "s", GONE: undefined };
    const execConfig = { env: variables({ AWS_REGION: "us" }) };
    expect(call({ execConfig, environment, rules: { passEnv: ["HOME", "AWS_REGION", "GONE", "NONE", "toString"] } })).toEqual({
      args: [],
      env: { PATH: "/usr/bin:/bin", HOME: "/root", AWS_REGION: "us", KUBERNETES_EXEC_INFO: info },
    });
  });

  it("with what we tell it, whatever the entry calls so", () => {
    expect(call({ execConfig: { env: variables({ KUBERNETES_EXEC_INFO: "mine", PATH: "/opt" }) } })).toMatchObject({
      env: { PATH: "/opt", KUBERNETES_EXEC_INFO: info },
    });
  });

  it("with the extension of the profile only where the operator has it told of its cluster", () => {
    const access = { config: { clusterName: "paris" } };
    expect(call({ access })).toMatchObject({ env: { KUBERNETES_EXEC_INFO: info } });
    const told = call({ access, execConfig: { provideClusterInfo: true } }) as { env: Record<string, string> };
    expect(JSON.parse(told.env["KUBERNETES_EXEC_INFO"]!)).toMatchObject({
      spec: { cluster: { server: "https://paris.test", config: { clusterName: "paris" } } },
    });
  });

  it.each([
    ["Ignore", { A: "file", B: "file" }],
    ["AppendIfNotExists", { A: "file", B: "file", C: "profile" }],
    ["Replace", { A: "profile", B: "file", C: "profile" }],
  ] as const)("with the profile's variables by the policy %s", (envPolicy, env) => {
    const access = { env: variables({ A: "profile", C: "profile" }) };
    const fromProfile = { envPolicy, env: { A: "profile", C: "profile" } };
    expect(call({ access, execConfig: { env: variables({ A: "file", B: "file" }) }, rules: { fromProfile } })).toEqual({
      args: [],
      env: { PATH: "/usr/bin:/bin", ...env, KUBERNETES_EXEC_INFO: info },
    });
  });

  it("with the profile's arguments after its own, and not at all where one is not allowed", () => {
    const fromProfile = { argsPolicy: "Append", args: { "--region": "[a-z]*" } } as const;
    const execConfig = { args: ["get-token", "--region=x"] };
    expect(call({ execConfig, access: { args: ["--region", "eu"] }, rules: { fromProfile } })).toMatchObject({
      args: ["get-token", "--region=x", "--region", "eu"],
    });
    expect(call({ execConfig, access: { args: ["--server=x"] }, rules: { fromProfile } })).toMatchObject({ reason: "ProfileNotAllowed" });
    expect(call({ access: { env: variables({ X: "1" }) }, rules: { fromProfile: { envPolicy: "Replace" } } })).toMatchObject({
      reason: "ProfileNotAllowed",
    });
  });
});

describe("two clusters never meet", () => {
  const names = ["A", "B", "C", "__proto__x"];
  const flags = ["--aa", "--bb", "--cc"];
  const word = fc.stringMatching(/^[a-z]{0,6}$/);
  const access: fc.Arbitrary<Pick<Access, "config" | "args" | "env">> = fc.record(
    {
      config: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
      args: fc.array(
        fc.tuple(fc.constantFrom(...flags), word).map((each) => each.join("=")),
        { maxLength: 4 },
      ),
      env: fc.dictionary(fc.constantFrom(...names), word).map(variables),
    },
    { requiredKeys: [] },
  );
  const input = fc.record({
    execConfig: fc.record({
      command: fc.constant("/plugins/x"),
      apiVersion: fc.constant(v1),
      args: fc.array(word, { maxLength: 2 }),
      env: fc.dictionary(fc.constantFrom(...names), word).map(variables),
      provideClusterInfo: fc.boolean(),
    }),
    rules: fc.record({
      passEnv: fc.subarray(["HOME", "A"]),
      fromProfile: fc.record({
        argsPolicy: fc.constantFrom("" as const, "Ignore" as const, "Append" as const),
        envPolicy: fc.constantFrom("" as const, "Ignore" as const, "AppendIfNotExists" as const, "Replace" as const),
        args: fc.constant(Object.fromEntries(flags.map((each) => [each, "[a-z]*"]))),
        env: fc.constant(Object.fromEntries(names.map((each) => [each, "[a-z]*"]))),
      }),
    }),
  });
  const turns = fc.array(fc.nat(2), { minLength: 1, maxLength: 12 });

  it("in any order and by any policy: each is called as if it were alone", () => {
    fc.assert(
      fc.property(input, fc.array(access, { minLength: 3, maxLength: 3 }), turns, (given, clusters, order) => {
        const shared = structuredClone(given);
        const servers = clusters.map((_, at) => ({ server: `https://cluster-${at}.test` }));
        const callOf = (at: number, { execConfig, rules }: typeof given, of: Pick<Access, "config" | "args" | "env">) =>
          pluginCall({ execConfig, rules, access: of, endpoint: servers[at]!, path: ["/bin"], environment: { HOME: "/h", A: "ours" } });
        // What each is called with on its own, out of copies that nothing else has touched.
        const alone = clusters.map((each, at) => callOf(at, structuredClone(given), structuredClone(each)));
        for (const at of order) {
          const made = callOf(at, shared, clusters[at]!);
          expect(made).toStrictEqual(alone[at]);
          spoil(made);
        }
        expect(shared).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  /** What a careless caller could do to a call that it was handed. */
  function spoil(made: object): void {
    const { args, env } = made as { readonly args?: string[]; readonly env?: Record<string, string> };
    args?.push("--kubeconfig=/tmp/theirs");
    if (env !== undefined) Object.assign(env, { A: "spoilt", LD_PRELOAD: "/tmp/x" });
  }
});
