import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRefusal, type Refusal } from "@rollcall/contract";
import { parsePluginRequest } from "./index.ts";

const asked = (parameters: unknown, more: object = {}) => ({ applicationSetName: "web", input: { parameters }, ...more });

describe("what Argo CD's plugin generator asks", () => {
  it("is read as it stands in the ApplicationSet", () => {
    const parameters = {
      list: "argocd",
      placement: { key: "web", namespace: "fleet" },
      sort: "name",
      values: { wave: "1", tier: "{{.x}}" },
    };
    expect(parsePluginRequest(asked(parameters))).toEqual({
      asks: "plugin",
      applicationSetName: "web",
      list: "argocd",
      placement: { key: "web", namespace: "fleet" },
      sort: "name",
      values: { tier: "{{.x}}", wave: "1" },
    });
  });

  it("needs a list and nothing else", () => {
    expect(parsePluginRequest(asked({ list: "argocd" }))).toEqual({
      asks: "plugin",
      applicationSetName: "web",
      list: "argocd",
      sort: "decision",
      values: {},
    });
  });

  it("may name one decision by its name", () => {
    expect(parsePluginRequest(asked({ list: "a", placement: { name: "web-0" } }))).toMatchObject({ placement: { name: "web-0" } });
  });

  it("is understood of a later Argo CD that says more of itself", () => {
    expect(parsePluginRequest(asked({ list: "a" }, { applicationSetNamespace: "argocd" }))).toMatchObject({ list: "a" });
  });
});

describe("a request that cannot be read is refused, and the message names the field", () => {
  it.each([
    { when: "is no object", body: [], says: "the body expected an object, got a list" },
    { when: "is nothing", body: null, says: "the body expected an object, got null" },
    { when: "has no name", body: { input: { parameters: { list: "a" } } }, says: "applicationSetName expected a text" },
    { when: "has no input", body: { applicationSetName: "web" }, says: "input expected an object, got nothing" },
    {
      when: "has an input beside its parameters",
      body: { applicationSetName: "web", input: { parameters: { list: "a" }, selector: {} } },
      says: "input.selector is not known here",
    },
    {
      when: "has no parameters, as Argo CD sends none",
      body: { applicationSetName: "web", input: {} },
      says: "input.parameters.list expected a text",
    },
    {
      when: "has a number for a list",
      body: asked({ list: 7 }),
      says: "input.parameters.list expected a text of 1 to 253 characters in one line, got 7",
    },
    {
      when: "has an empty list",
      body: asked({ list: "" }),
      says: 'input.parameters.list expected a text of 1 to 253 characters in one line, got ""',
    },
    { when: "has a list with a line break", body: asked({ list: "a\nb" }), says: 'got "a b"' },
    { when: "has a list of a thousand characters", body: asked({ list: "x".repeat(1000) }), says: `"${"x".repeat(60)}…"` },
    {
      when: "selects by itself",
      body: asked({ list: "a", selector: { matchLabels: {} } }),
      says: "input.parameters.selector is not known here",
    },
    { when: "says how to select instead", body: asked({ list: "a", labels: "env=prod" }), says: "use the generator's own selector" },
    { when: "misspells a key", body: asked({ list: "a", placment: { key: "web" } }), says: "input.parameters.placment is not known here" },
    {
      when: "names its placement as a text",
      body: asked({ list: "a", placement: "web" }),
      says: 'input.parameters.placement expected an object, got "web"',
    },
    {
      when: "names it twice",
      body: asked({ list: "a", placement: { key: "a", name: "b" } }),
      says: "input.parameters.placement expected an object with either a key or a name",
    },
    { when: "names it not at all", body: asked({ list: "a", placement: { namespace: "b" } }), says: "input.parameters.placement expected" },
    {
      when: "has a null for a key",
      body: asked({ list: "a", placement: { key: null } }),
      says: "input.parameters.placement.key expected a text",
    },
    {
      when: "has a list for a namespace",
      body: asked({ list: "a", placement: { key: "a", namespace: [] } }),
      says: "input.parameters.placement.namespace expected",
    },
    {
      when: "has an unknown word for its placement",
      body: asked({ list: "a", placement: { key: "a", labels: {} } }),
      says: "input.parameters.placement.labels is not known here",
    },
    {
      when: "sorts by something else",
      body: asked({ list: "a", sort: "age" }),
      says: 'input.parameters.sort expected name or decision, got "age"',
    },
    {
      when: "has a number among its values",
      body: asked({ list: "a", values: { wave: 1 } }),
      says: "input.parameters.values.wave expected a text, got 1",
    },
    {
      when: "has a value whose key is not one line",
      body: asked({ list: "a", values: { "x\ny": 1 } }),
      says: "input.parameters.values.x y expected a text, got 1",
    },
    {
      when: "has a list for values",
      body: asked({ list: "a", values: ["x"] }),
      says: "input.parameters.values expected an object, got a list",
    },
    {
      when: "has values that every cluster would carry",
      body: asked({ list: "a", values: { x: "x".repeat(5000) } }),
      says: "input.parameters.values expected no more than 4096 characters",
    },
    {
      when: "reaches for a prototype",
      body: JSON.parse('{"applicationSetName":"web","input":{"parameters":{"__proto__":{"list":"a"}}}}') as unknown,
      says: "input.parameters.__proto__ is not known here",
    },
    { when: "inherits a list", body: asked(Object.create({ list: "a" })), says: "input.parameters.list expected a text" },
  ])("because it $when", ({ body, says }) => {
    const refusal = parsePluginRequest(body);
    expect(refusal).toMatchObject({ reason: "BadRequest", message: expect.stringContaining(says) as string });
    expect(refusal).toMatchObject({ message: expect.stringContaining("correct the ApplicationSet's plugin generator") as string });
  });

  it("says everything that is wrong at once", () => {
    expect(parsePluginRequest(asked({ lst: "a", sort: 1 }))).toMatchObject({
      message: expect.stringMatching(/lst is not known.*parameters\.list expected.*sort expected/) as string,
    });
  });

  it("says the first of very many", () => {
    const unknown = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 1]));
    expect((parsePluginRequest(asked(unknown)) as Refusal).message).toMatch(/key4 is(?!.*key5 is).*and 496 more/);
  });

  it("whatever it is, and never in more than a few lines of a condition", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.jsonValue().map(asked), fc.dictionary(fc.string(), fc.jsonValue()).map(asked)), (body) => {
        const request = parsePluginRequest(body);
        const said = isRefusal(request) ? request.message : request.list;
        expect(said.length).toBeLessThan(2000);
        expect(said).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it("unless it is one: what can be asked is read as it was asked", () => {
    const text = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" });
    const named = fc.oneof(fc.record({ key: text, namespace: text }), fc.record({ name: text }));
    const values = fc.dictionary(fc.oneof(fc.string({ maxLength: 5 }), fc.constant("__proto__")), fc.string({ maxLength: 20 }), {
      maxKeys: 5,
    });
    const whole = fc.record({ list: text, placement: named, sort: fc.constantFrom("name", "decision"), values });
    fc.assert(
      fc.property(whole, (parameters) => {
        const body = JSON.parse(JSON.stringify(asked(parameters))) as unknown;
        const { asks: _, applicationSetName: __, ...read } = parsePluginRequest(body) as unknown as Record<string, unknown>;
        expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(parameters)));
      }),
    );
  });
});
