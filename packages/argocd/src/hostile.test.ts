import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { fromBase64, sameServer } from "@rollcall/contract";
import { reachable } from "@rollcall/testing";
import { argocd, type ArgoCdOptions, type Source } from "./index.ts";

const trap = fc.constantFrom(
  "argocd.argoproj.io/secret-type",
  "argocd.argoproj.io/skip-reconcile",
  "argocd.argoproj.io/tracking-id",
  "app.kubernetes.io/instance",
  "app.kubernetes.io/part-of",
  "kubectl.kubernetes.io/last-applied-configuration",
  "managed-by",
  "rollcall.dev/list",
  "capi-to-argocd/owned",
  "__proto__",
  "constructor",
);
const harmless = fc.constantFrom("env", "example.test/team", "app.kubernetes.io/name", "argocd-agent.argoproj-labs.io/agent-name");
const key = fc.oneof(trap, harmless, fc.string({ unit: fc.constantFrom(...Array.from("ab./_-")), minLength: 1, maxLength: 12 }));
const words = fc.array(fc.tuple(key, fc.string({ maxLength: 80 })), { maxLength: 8 }).map((all) => Object.fromEntries(all));

describe("a hostile profile", () => {
  const source: fc.Arbitrary<Source> = fc.oneof(
    fc.record({ from: fc.constantFrom("label" as const, "property" as const), key }),
    fc.record({
      from: fc.constantFrom("version" as const, "displayName" as const, "manager" as const, "namespace" as const, "name" as const),
    }),
  );
  const sources = fc.array(fc.tuple(key, source), { maxLength: 6 }).map((all): Readonly<Record<string, Source>> => Object.fromEntries(all));
  const asked = fc.record({
    copyLabels: fc.array(
      fc.oneof(
        key,
        key.map((each) => `${each.split("/")[0]}/*`),
      ),
      { maxLength: 6 },
    ),
    labels: sources,
    annotations: sources,
  });
  const hands =
    /(?:^|\.)argoproj\.io\/|kubectl\.kubernetes\.io\/|rollcall\.dev|^app\.kubernetes\.io\/(?:instance|part-of)$|^managed-by$|^capi-to-argocd|__proto__/;

  it("gets no key onto the Secret by which anybody takes it for something else, even where the operator asks for it", () => {
    fc.assert(
      fc.property(words, words, fc.string(), asked, (labels, properties, said, wanted) => {
        const given = reachable({ name: "paris", labels, properties, displayName: said, manager: said, version: said });
        const [{ metadata }] = argocd.entry(given, { namespace: "argocd", ...wanted }) as [ReturnType<typeof argocd.entry>[number]];
        const { "argocd.argoproj.io/secret-type": type, ...others } = metadata.labels!;
        expect(type).toBe("cluster");
        expect(Object.keys({ ...others, ...metadata.annotations }).filter((each) => hands.test(each))).toEqual([]);
        expect(Object.getPrototypeOf(metadata.labels)).toBe(Object.prototype);
      }),
      { numRuns: 300 },
    );
  });

  it("changes nothing but the labels and annotations that were asked for", () => {
    fc.assert(
      fc.property(words, words, asked, (labels, properties, wanted) => {
        const options: ArgoCdOptions = { namespace: "argocd", ...wanted };
        const plain = argocd.entry(reachable({ name: "paris" }), { namespace: "argocd" });
        const [secret] = argocd.entry(reachable({ name: "paris", labels, properties }), options);
        expect({ ...secret, metadata: undefined }).toEqual({ ...plain[0], metadata: undefined });
      }),
    );
  });
});

describe("two clusters", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 1, maxLength: 4 }).map((text) => `a${text}a`);
  const name = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(".")),
    part.map((end) => `${"x".repeat(253 - end.length)}${end}`),
  );
  const identity = fc.record({ namespace: part, name });
  const server = fc.constantFrom(
    "https://a.test",
    "https://a.test/",
    "https://a.test//",
    "https://a.test/x",
    "https://a.test/x/",
    "https://a.test:6443",
    "https://a.test?x=",
    "https://a.test?x=/",
    "https://b.test",
  );
  const shown = (given: { namespace: string; name: string; server?: string }) => {
    const connection = given.server === undefined ? {} : { server: given.server };
    const options = { namespace: "argocd", name: "{namespace}.{name}" };
    try {
      const [secret] = argocd.entry(reachable({ ...given, connection }), options);
      return { object: secret!.metadata.name, name: fromBase64(secret!.data!["name"]!), server: fromBase64(secret!.data!["server"]!)! };
    } catch {
      // Too long a name to be shown is no name at all.
      return undefined;
    }
  };

  it("never share an object or a name", () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        fc.pre(one.name !== other.name || one.namespace !== other.namespace);
        const [a, b] = [shown(one), shown(other)];
        fc.pre(a !== undefined && b !== undefined);
        expect(a.object).not.toBe(b.object);
        expect(a.name).not.toBe(b.name);
      }),
      { numRuns: 300 },
    );
  });

  it("have one server for Argo CD only if they are one to us, who let one of them in", () => {
    const list = fc.record({ one: server, other: server });
    fc.assert(
      fc.property(list, ({ one, other }) => {
        const [a, b] = [one, other].map((each) => shown({ namespace: "fleet", name: "paris", server: each })?.server?.replace(/\/+$/, ""));
        expect(a !== undefined && a === b && sameServer(one) !== sameServer(other)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the name that Argo CD shows", () => {
  it("stays as it stands, whatever becomes of the profile and the options", () => {
    const kept = fc.record({
      name: fc.constantFrom("fleet.paris", "cluster-paris-1234"),
      name2: fc.string({ minLength: 1, maxLength: 20 }),
    });
    const template = fc.constantFrom("{name}", "{namespace}.{name}", "x-{name}");
    fc.assert(
      fc.property(kept, template, words, ({ name, name2 }, by, labels) => {
        const given = reachable({ name: "rome", namespace: "other", uid: "new", labels });
        const [secret] = argocd.entry(given, { namespace: "argocd", name: by }, { name, plain: { name: name2 } });
        expect([secret!.metadata.name, fromBase64(secret!.data!["name"]!)]).toEqual([name, name2]);
      }),
    );
  });
});
