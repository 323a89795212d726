import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cluster } from "@rollcall/testing";
import {
  answer,
  clustersJson,
  fluxInputs,
  newFragments,
  pluginParameters,
  type Described,
  type Placed,
  type PluginRequest,
  type Ready,
  type Request,
} from "./index.ts";

const member = (name: string, more: Partial<Placed> = {}, words: Partial<Parameters<typeof cluster>[0]> = {}): Described => ({
  id: `fleet/${name}`,
  plain: { name, server: `https://${name}.example.test` },
  cluster: cluster({ name, ...words }),
  ...(more as Partial<Described>),
});
const ready = (members: readonly Placed[], generation = "1"): Ready => ({ is: "ready", generation, members });
const plugin: PluginRequest = { asks: "plugin", applicationSetName: "web", list: "argocd", sort: "decision", values: { wave: "1" } };
const questions: readonly Request[] = [
  plugin,
  { asks: "flux", list: "argocd", sort: "name" },
  { asks: "clusters", list: "argocd", sort: "name" },
];

/** What an answer would be if nothing were remembered. */
function fromScratch(members: readonly Described[], request: Request): string {
  if (request.asks === "plugin") return JSON.stringify({ output: { parameters: pluginParameters(members, request) } });
  if (request.asks === "flux") return JSON.stringify(fluxInputs(members, request));
  return JSON.stringify(clustersJson(members, { ...request, generation: "1" }));
}

describe("an answer to a thousand clusters", () => {
  const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);

  it.each(questions)("renders one of them anew when one changes ($asks)", (request) => {
    const fragments = newFragments();
    const before = names.map((name) => member(name));
    answer(ready(before), request, fragments);
    expect(fragments.rendered()).toBe(1000);

    const after = before.map((each, i) => (i === 500 ? member(names[i]!, {}, { labels: { env: "prod" } }) : each));
    const { body } = answer(ready(after), request, fragments);
    expect(fragments.rendered()).toBe(1001);
    expect(body).toContain('"env":"prod"');
    expect(body).toBe(answer(ready(after), request).body);
  });

  it("renders none of them anew for a new order, another reason, other values or a look that finds all as it was", () => {
    const fragments = newFragments();
    const members = names.map((name, order) => member(name, { order }));
    answer(ready(members), plugin, fragments);
    answer(ready(members.map((each, i) => ({ ...each, order: 999 - i, reason: "moved", plain: { ...each.plain } }))), plugin, fragments);
    answer(ready(members), { ...plugin, values: {} }, fragments);
    expect(fragments.rendered()).toBe(1000);
  });

  it.each(["name", "server", "project"])("renders one of them anew when its %s in the consumer's list is another", (key) => {
    const fragments = newFragments();
    const [paris, rome] = [member("paris"), member("rome")];
    answer(ready([paris, rome]), plugin, fragments);
    const { body } = answer(ready([{ ...paris, plain: { ...paris.plain, [key]: "another" } }, rome]), plugin, fragments);
    expect(body).toContain(`"${key}":"another"`);
    expect(fragments.rendered()).toBe(3);
  });
});

describe("a member whose profile cannot be read for a while", () => {
  const bare: Placed = { id: "fleet/paris", plain: { name: "paris", server: "https://paris.example.test" } };
  const rome = member("rome");

  it("keeps its words, so that no Application is renamed", () => {
    const fragments = newFragments();
    const before = answer(ready([member("paris", {}, { labels: { env: "prod" } }), rome]), plugin, fragments);
    expect(answer(ready([bare, rome]), plugin, fragments).body).toBe(before.body);
  });

  it("keeps them where its server moves", () => {
    const fragments = newFragments();
    answer(ready([member("paris", {}, { labels: { env: "prod" } })]), plugin, fragments);
    const { body } = answer(ready([{ ...bare, plain: { name: "paris", server: "https://moved.test" } }]), plugin, fragments);
    expect(body).toContain('"env":"prod"');
    expect(body).toContain("https://moved.test");
  });

  it("silences the answer when nobody knows its words, rather than being left out or half described", () => {
    const { status, headers, body } = answer(ready([bare, rome], "7-12"), plugin);
    expect([status, headers["rollcall-generation"]]).toEqual([503, "7-12"]);
    expect(body).toContain("fleet/paris");
    expect(body).not.toContain("rome");
  });

  it("is one of many, of whom the first are named", () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ id: `fleet/c${i}`, plain: {} }));
    expect(answer(ready(many), plugin).body).toContain("fleet/c3, fleet/c4 and 4 more of list");
  });

  it("is not described with the words of one that is gone", () => {
    const fragments = newFragments();
    answer(ready([member("paris")]), plugin, fragments);
    fragments.forget("fleet/paris");
    expect(answer(ready([bare]), plugin, fragments).status).toBe(503);
  });
});

describe("whatever happens to whom", () => {
  const text = fc.string({ maxLength: 12, unit: fc.constantFrom("a", "{", "}", '"', "\\", "\n", "\u2028", "é", "\ud83d", "<", ">") });
  const words = fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "constructor", "10", "9")), text, { maxKeys: 4 });
  const state = fc.record({
    who: fc.constantFrom("a", "b", "c", "d"),
    shown: fc.option(text, { nil: undefined }),
    labels: words,
    properties: words,
    reason: fc.option(text, { nil: undefined }),
    order: fc.option(fc.nat(5), { nil: undefined }),
    isThere: fc.boolean(),
  });
  const steps = fc.array(state, { minLength: 1, maxLength: 15 });

  it.each(questions)("the answer that remembers is, byte for byte, the one that does not ($asks)", (request) => {
    fc.assert(
      fc.property(steps, words, (happened, values) => {
        const fragments = newFragments();
        const asked: Request = request.asks === "plugin" ? { ...request, values } : request;
        const members = new Map<string, Described>([["z", member("z")]]);
        for (const { who, shown, labels, properties, reason, order, isThere } of happened) {
          const plain = { server: "https://x.test", ...(shown !== undefined && { name: shown }) };
          const place = { ...(order !== undefined && { order }), ...(reason !== undefined && { reason }) };
          if (isThere) members.set(who, { ...member(who, place, { labels, properties }), plain });
          else members.delete(who);
          const now = [...members.values()];
          expect(answer(ready(now), asked, fragments).body).toBe(fromScratch(now, asked));
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each(questions)("the order of an answer depends on nothing but who is in it ($asks)", (request) => {
    fc.assert(
      fc.property(fc.uniqueArray(state, { selector: ({ who }) => who }), fc.boolean(), (states, back) => {
        const members = [member("z"), ...states.map(({ who, order }) => member(who, order === undefined ? {} : { order }))];
        const other = back ? members.toReversed() : [...members.slice(1), members[0]!];
        expect(answer(ready(other), request).body).toBe(answer(ready(members), request).body);
      }),
    );
  });
});
