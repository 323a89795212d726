import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { canonicalJson, fromBase64, Hidden, RollcallError, type Connection, type KubeObject, type Reachable } from "@rollcall/contract";
import { ca, reachable } from "@rollcall/testing";
import { crdCheck } from "./crd.test.helper.ts";
import { kueue, problemsOf, type KueueOptions } from "./index.ts";

const problemsWith = crdCheck((path) => readFileSync(new URL(path, import.meta.url), "utf8"));

const part = fc.string({ unit: fc.constantFrom("a", "b", "-", "7"), minLength: 1, maxLength: 4 }).map((text) => `a${text}a`);
const name = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(".")),
  part.map((end) => `${"x".repeat(253 - end.length)}${end}`),
);
const namespace = fc.oneof(part, fc.constantFrom("kueue-system", "n".repeat(63)));
const server = fc.oneof(
  fc.constantFrom(
    "https://paris.example.test:6443",
    "https://gateway.example.test/v1/paris/",
    "https://[2001:db8::7]",
    "https://[2001:db8::7]:6443",
    "https://my_paris.test",
    "https://paris.test.",
    "https:/paris.test",
    "https:\\\\paris.test",
    "HTTPS://PARIS.test",
    "https://kubernetes.default.svc",
    "https://hub.example.test",
    "https://a.test?x=1",
    "https://a.test#x",
    "",
  ),
  fc.string().map((text) => `https://${text}`),
  fc.string(),
);
const text = fc.oneof(fc.constantFrom("s3cret", "", "a\nb"), fc.string());
const login = fc.oneof(
  fc.record({
    kind: fc.constant("credential" as const),
    provider: text,
    token: fc.option(
      text.map((each) => new Hidden(each)),
      { nil: undefined },
    ),
  }),
  fc.record({
    kind: fc.constant("credential" as const),
    provider: text,
    clientCertificate: fc.record({ certificate: fc.constantFrom(ca, "no"), key: text.map((each) => new Hidden(each)) }),
  }),
  fc.record({
    kind: fc.constant("exec" as const),
    provider: text,
    command: text,
    args: fc.array(text),
    env: fc.constant({}),
    apiVersion: text,
    config: fc.oneof(fc.constant(undefined), fc.jsonValue()),
  }),
  fc.record({ kind: fc.constant("gcp" as const), provider: fc.constantFrom("google", "fleet") }),
);
const connection = fc.record({
  server,
  ca: fc.constantFrom(undefined, ca, "no", ""),
  tlsName: fc.constantFrom(undefined, undefined, "paris.internal"),
  proxy: fc.oneof(fc.constantFrom(undefined, undefined, "socks5://x.test:1080", "ftp://x", ""), fc.string()),
  insecure: fc.constantFrom(undefined, undefined, true as const),
  disableCompression: fc.constantFrom(undefined, true as const),
  login,
});
const words = fc.dictionary(fc.oneof(fc.constantFrom("__proto__", "x-k8s.io/cluster-manager", "rollcall.dev/list"), fc.string()), text, {
  maxKeys: 4,
});
const cluster: fc.Arbitrary<Reachable> = fc
  .record({ name, namespace, connection, labels: words, properties: words, manager: text, displayName: text, version: text })
  .map(({ connection, ...given }) => reachable({ ...given, connection: connection as { [Key in keyof Connection]?: Connection[Key] } }));

const source = fc.constantFrom(undefined, "kubeConfig" as const, "clusterProfileRef" as const, "auto" as const);
const options: fc.Arbitrary<KueueOptions> = fc
  .record({
    clusterSource: source,
    providers: fc.constantFrom(undefined, ["google"], ["fleet", "google", ""]),
    mirror: fc.constantFrom(undefined, true, false),
    prefix: fc.constantFrom(undefined, "night.", "p".repeat(63)),
    version: fc.constantFrom(undefined, "v1beta1" as const),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, each]) => each !== undefined)))
  .map((more) => ({ namespace: "kueue-system", config: "batch", refuse: ["https://hub.example.test"], ...more }));

/** What is written, or that it is refused; anything else that is thrown is a fault. */
function rendered(given: Reachable, by: KueueOptions): readonly KubeObject[] {
  try {
    return kueue.entry(given, by);
  } catch (error) {
    if (error instanceof RollcallError && /^[A-Z][A-Za-z]+$/.test(error.reason) && error.message.includes("; ")) return [];
    throw error;
  }
}

describe("whatever a profile says and a provider answers", () => {
  it("an API server takes what is written as it is, of the kinds that were declared", () => {
    fc.assert(
      fc.property(cluster, options, (given, by) => {
        const objects = rendered(given, by);
        expect(objects.flatMap(problemsWith)).toEqual([]);
        const declared = kueue.writes(by).map(({ apiVersion, kind, namespace }) => `${apiVersion} ${kind} ${namespace}`);
        const written = objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.namespace}`);
        expect(declared).toEqual(expect.arrayContaining(written));
      }),
      { numRuns: 1000 },
    );
  });

  it("every cluster that is sound gets in, whatever is said of it beside", () => {
    const sound = fc.record({ name, namespace, labels: words, properties: words, displayName: text });
    fc.assert(
      fc.property(sound, options, (given, by) => {
        fc.pre(problemsOf(by).length === 0 && by.mirror !== false);
        const access = [{ provider: "google", endpoint: { server: "https://paris.test" } }];
        const credential: Connection["login"] = { kind: "credential", provider: "x", token: new Hidden("s3cret") };
        const isAsked = kueue.login({ ...reachable(given), access }, by) === "with a credential from us";
        const login: Connection["login"] = isAsked ? credential : { kind: "gcp", provider: "google" };
        expect(rendered(reachable({ ...given, connection: { login } }), by)).toHaveLength(
          isAsked || given.namespace !== by.namespace || by.mirror ? 2 : 1,
        );
      }),
    );
  });

  it("a credential stands in a Secret and nowhere else, and nothing in a kubeconfig runs a program or reads a file", () => {
    fc.assert(
      fc.property(cluster, options, (given, by) => {
        const objects = rendered(given, by);
        const [secrets, others] = [objects.filter(({ kind }) => kind === "Secret"), objects.filter(({ kind }) => kind !== "Secret")];
        expect(others.filter((object) => object.data !== undefined)).toEqual([]);
        expect(secrets.map(({ data }) => Object.keys(data!))).toEqual(secrets.map(() => ["kubeconfig"]));
        const keys = secrets.flatMap(({ data }) => {
          const { users } = JSON.parse(fromBase64(data!["kubeconfig"]!)!) as { readonly users: readonly { readonly user: object }[] };
          return users.flatMap(({ user }) => Object.keys(user));
        });
        expect(["client-certificate-data", "client-key-data", "token"]).toEqual(expect.arrayContaining(keys));
      }),
      { numRuns: 300 },
    );
  });
});

describe("two clusters", () => {
  it("never share a name, with a prefix or without", () => {
    const identity = fc.record({ name, namespace });
    fc.assert(
      fc.property(identity, identity, options, (one, other, by) => {
        fc.pre(one.name !== other.name || one.namespace !== other.namespace);
        const token: Connection["login"] = { kind: "credential", provider: "fleet", token: new Hidden("s3cret") };
        const [a, b] = [one, other].map((each) =>
          rendered(reachable({ ...each, connection: { login: token, server: "https://a.test" } }), { ...by, clusterSource: "kubeConfig" }),
        );
        expect(a!.map(({ metadata }) => metadata.name)).not.toEqual(b!.map(({ metadata }) => metadata.name));
      }),
      { numRuns: 300 },
    );
  });

  it("keep the names that stand, whatever becomes of the profile and the options", () => {
    const kept = fc.constantFrom("fleet.paris", "cluster-paris-1234");
    fc.assert(
      fc.property(cluster, options, kept, (given, by, stands) => {
        const objects = rendered(given, by).length === 0 ? [] : kueue.entry(given, by, { name: stands, plain: {} });
        expect(objects.map(({ metadata }) => metadata.name)).toEqual(objects.map(() => stands));
        expect(canonicalJson(objects)).toBe(canonicalJson(objects.length === 0 ? [] : kueue.entry(given, by, { name: stands, plain: {} })));
      }),
      { numRuns: 300 },
    );
  });
});
