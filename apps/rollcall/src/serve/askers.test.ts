import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ready, running, token, type Running } from "./serve.test.helper.ts";

const mostBytes = 900 * 1024;
const clusters = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `c${at}`);

/** Pulls as flux-operator does: what it cannot take leaves what it had. */
function fluxOperator(service: Running, limit = 100) {
  const exported: { inputs: readonly Record<string, unknown>[]; isReady: boolean; notice: string | undefined } = {
    inputs: [],
    isReady: false,
    notice: undefined,
  };
  return async (query: string): Promise<typeof exported> => {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json", "user-agent": "flux-operator/v0.43.0" };
    const got = await service.ask(`/flux/v1/inputs?${query}`, { headers });
    exported.isReady = got.status >= 200 && got.status < 300 && got.bytes.length <= mostBytes;
    if (!exported.isReady) return exported;
    const { inputs } = got.json as { inputs: Record<string, unknown>[] };
    const ids = inputs.map(({ id }) => id);
    exported.isReady = ids.every((id) => typeof id === "string") && new Set(ids).size === ids.length;
    if (exported.isReady) Object.assign(exported, { inputs: inputs.slice(0, limit), notice: got.headers["rollcall-notice"] });
    return exported;
  };
}

describe("flux-operator", () => {
  it("gets inputs with one set of keys and an id that is theirs for good", async () => {
    await using service = await running();
    const { inputs, isReady } = await fluxOperator(service)("list=argocd");
    expect([isReady, inputs.map(({ id }) => id)]).toEqual([true, ["fleet.oslo", "fleet.paris"]]);
    expect(new Set(inputs.map((input) => Object.keys(input).join())).size).toBe(1);
    expect(inputs.flatMap((input) => Object.entries(input).flatMap(([key, value]) => (value === null ? [key] : [])))).toEqual([]);
  });

  it.each([
    { when: "the hub is still read", says: { is: "filling" } as const },
    { when: "the decision is rewritten", says: { is: "incomplete", why: "slice 1 is missing" } as const },
    { when: "the placement is gone", says: { is: "no placement", why: "there is none" } as const },
    { when: "nobody is left", says: { ...ready("2"), members: [] } },
    { when: "it would be more than is taken", says: ready("2", ...clusters(4000)) },
  ])("keeps what it had while $when", async ({ says }) => {
    await using service = await running();
    const pull = fluxOperator(service);
    expect((await pull("list=argocd")).inputs).toHaveLength(2);
    service.source.says.set("argocd", says);
    const after = await pull("list=argocd");
    expect([after.isReady, after.inputs.length]).toEqual([false, 2]);
  });

  it("runs nothing again for a new order alone", async () => {
    await using service = await running();
    const before = await service.ask("/flux/v1/inputs?list=argocd");
    service.source.says.set("argocd", ready("2", "oslo", "paris"));
    expect((await service.ask("/flux/v1/inputs?list=argocd")).text).toBe(before.text);
  });

  it("is told when it would drop some, since it says so nowhere", async () => {
    await using service = await running();
    service.source.says.set("argocd", ready("2", ...clusters(101)));
    const { inputs, notice } = await fluxOperator(service)("list=argocd");
    expect([inputs.length, notice]).toEqual([100, expect.stringContaining("101")]);
  });
});

describe("Argo CD", () => {
  it("gets one set of keys, texts alone, with what it sends and as it sends it", async () => {
    await using service = await running();
    const generator = parse("list: argocd\nplacement: { key: web, namespace: fleet }\nsort: name\nvalues: { wave: '1' }") as object;
    const got = await service.post(generator, { "user-agent": "argocd-applicationset", "accept-encoding": "gzip" });
    const { output } = got.json as { output: { parameters: Record<string, unknown>[] } };
    const leaves = (value: unknown): readonly unknown[] =>
      typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];
    expect(leaves(output).every((leaf) => typeof leaf === "string")).toBe(true);
    expect(output.parameters[0]).toMatchObject({ name: "oslo", server: "https://oslo.example.test:6443", values: { wave: "1" } });
  });

  it("never gets a success for anything that was not asked in full", async () => {
    await using service = await running();
    const word = fc.constantFrom(
      "list",
      "placement",
      "sort",
      "values",
      "argocd",
      "web",
      "key",
      "name",
      "namespace",
      "decision",
      "__proto__",
      "x",
    );
    const { input } = fc.letrec((tie) => ({
      leaf: fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null)),
      input: fc.oneof(
        { maxDepth: 4 },
        tie("leaf"),
        fc.array(tie("input"), { maxLength: 3 }),
        fc.dictionary(word, tie("input"), { maxKeys: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(input, async (parameters) => {
        const { status } = await service.post(parameters);
        expect([200, 400, 404]).toContain(status);
        const said = new Map(Object.entries(parameters ?? {}));
        // Only the words that are known may be there, and the list has to be.
        const isAsked = said.get("list") === "argocd" && [...said.keys()].every((key) => /^(?:list|placement|sort|values)$/.test(key));
        expect(status !== 200 || isAsked).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
