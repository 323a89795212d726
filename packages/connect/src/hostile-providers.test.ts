import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exact, odd, quickly, spoilt } from "./hostile.test.helper.ts";
import { readProviders } from "./index.ts";

const entry = {
  name: "a",
  execConfig: {
    command: "c",
    args: ["x"],
    env: [{ name: "A", value: "1" }],
    apiVersion: "client.authentication.k8s.io/v1",
    installHint: "h",
    provideClusterInfo: true,
    interactiveMode: "Never",
  },
  profileSourcedCLIArgsPolicy: "Append",
  profileSourcedEnvVarsPolicy: "Replace",
  theirs: "x",
};
const settings = {
  t: { kind: "token-request", with: "a", serviceAccount: "n/s", audiences: ["x"], expiration: "1h" },
  a: { kind: "exec", passEnv: ["A"], allowEnv: { B: "x" }, allowArgs: { "--tenant-id": "x" }, hosts: ["a.test"] },
  s: { kind: "secret", preset: "push", consumer: "us", name: "{name}", namespace: "n", consent: "profile", keys: ["k"] },
  h: { kind: "hub-token", serviceAccount: "n/s", audience: "{server}", hosts: ["a.test"] },
  e: { kind: "aws", clusterName: { from: "label", key: "k" }, roleArn: "arn:aws:iam::1:role/x", profile: "p" },
  z: { kind: "azure", env: { A: "1" } },
};

type Input = Parameters<typeof readProviders>[0];

/** Problems that nobody could make use of. */
async function unfit(input: Input): Promise<readonly unknown[]> {
  const { problems } = await quickly(() => readProviders(input));
  return problems.filter(({ path, message }) => path === "" || message === "" || message.length > 1000);
}

describe("a provider file that means harm", () => {
  it("is read without a problem where it means none", () => {
    expect(readProviders({ inline: [{ name: "t" }, entry], settings }).problems).toEqual([]);
  });

  it.each(Object.entries(odd))("is read, or has problems, at once, where %s stands anywhere in it", async (_, by) => {
    for (const text of spoilt({ providers: [entry] }, by)) expect(await unfit({ file: exact(text) })).toEqual([]);
    for (const text of spoilt([entry], by)) expect(await unfit({ inline: exact(text) })).toEqual([]);
    expect(({} as { readonly execConfig?: unknown }).execConfig).toBeUndefined();
  });

  it.each(Object.entries(odd))("and so with %s in a setting", async (_, by) => {
    for (const text of spoilt(settings, by))
      expect(await unfit({ inline: [{ name: "t" }, entry], settings: exact(text) as NonNullable<Input["settings"]> })).toEqual([]);
  });

  it("takes no longer where it has ten thousand entries, and settings that ask each other", async () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `p${at}`);
    const token = (at: number) => ({ kind: "token-request", with: `p${(at + 1) % names.length}`, serviceAccount: "n/s" });
    const ring = Object.fromEntries(names.map((name, at) => [name, token(at)]));
    expect((await quickly(() => readProviders({ settings: ring }))).problems).toHaveLength(10_000);
    const late = { ...Object.fromEntries(names.map((name) => [name, { kind: "secret", preset: "secretreader" }])), t: token(9998) };
    const file = { providers: names.flatMap((name) => [{ name }, entry]) };
    expect((await quickly(() => readProviders({ file, settings: late }))).problems).toHaveLength(1);
  });

  it("whatever it is, is never an exception", () => {
    const keys = [...Object.keys(entry), ...Object.keys(entry.execConfig), ...Object.values(settings).flatMap((each) => Object.keys(each))];
    const words = ["a", "b", "secret", "exec", "token-request", "hub-token", "aws", "azure", entry.execConfig.apiVersion];
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.jsonValue(),
        fc.constantFrom(...words),
        fc.dictionary(fc.constantFrom(...keys, "providers", "__proto__"), tie("value")),
        fc.array(tie("value"), { maxLength: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(anything, anything, fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), anything), (file, inline, all) => {
        const { problems } = readProviders({ file, inline, settings: all });
        expect(problems.every(({ path, message }) => path !== "" && message !== "")).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
