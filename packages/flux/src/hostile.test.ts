import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { Hidden, RollcallError, type Connection, type KubeObject } from "@rollcall/contract";
import { ca, reachable } from "@rollcall/testing";
import { flux, problemsOf, type FluxOptions } from "./index.ts";
import { meant, readConfigMap, readSecret } from "./read-as-flux.test.helper.ts";

const odd = fc.constantFrom("", " ", "\n", "é", "{name}", "__proto__", "../x", "a'b\"c", "https://a.test", "${X}", "fleet/paris");
const word = fc.oneof(odd, fc.string({ maxLength: 30 }));
const words = fc.array(fc.tuple(word, word), { maxLength: 5 }).map((all) => Object.fromEntries(all));
/** Most of them are as they should be, so that one odd thing at a time meets what is well. */
function mostly<T>(well: T, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(well) }, { weight: 1, arbitrary: odd });
}

const server = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("https://paris.test", "https://paris.test:6443") },
  fc.constantFrom(
    "https://a.test",
    "https://A.test:6443/",
    "https://a.test/k8s/clusters/c-1",
    "https://a.test/?x=/",
    "https://[::1]",
    "https://[fd00::1]:6443",
    "https://me:secret@a.test",
    "https://a.test#x",
    "https://a_b.test.",
    "http://a.test",
    "HTTPS://a.test",
    "a.test",
    "",
    "https://a.test\n",
    "https://a.test:99999",
  ),
  word,
);
const secret = fc.oneof(fc.string({ minLength: 1, maxLength: 20 }), fc.constant("a: b\n- c")).map((text) => new Hidden(text));
const login: fc.Arbitrary<Connection["login"]> = fc.oneof(
  fc.record({ kind: fc.constant("credential" as const), provider: word, token: secret }),
  fc.record({
    kind: fc.constant("credential" as const),
    provider: word,
    clientCertificate: fc.record({ certificate: fc.constantFrom(ca, "x"), key: secret }),
  }),
  fc.record({ kind: fc.constant("credential" as const), provider: word }),
  fc.record({
    kind: fc.constant("exec" as const),
    provider: word,
    command: word,
    args: fc.array(word),
    env: words,
    apiVersion: word,
  }),
  fc.record({ kind: fc.constant("gcp" as const), provider: word }),
  fc.record({ kind: fc.constant("aws" as const), provider: word, clusterName: fc.oneof(fc.constant("paris"), word) }),
  fc.record({ kind: fc.constant("aws" as const), provider: word, clusterName: word, roleArn: word }),
  fc.record({ kind: fc.constant("azure" as const), provider: word, env: words }),
);
const given = fc.record({
  name: mostly("paris", fc.oneof(fc.constantFrom("a.b", "a".repeat(253)), word)),
  namespace: mostly("fleet", fc.oneof(fc.constant("n".repeat(63)), word)),
  labels: words,
  properties: words,
  connection: fc.record({
    server,
    ca: mostly<string | undefined>(ca, fc.constantFrom(undefined, "")),
    tlsName: mostly<string | undefined>(undefined, word),
    proxy: mostly<string | undefined>(undefined, word),
    insecure: mostly<true | undefined>(undefined, fc.constant(true)),
    disableCompression: mostly<true | undefined>(undefined, fc.constant(true)),
    login,
  }),
});

const inPlaces = { namespace: "apps", namespaces: ["infra"] };
const resources = ["arn:aws:eks:eu-west-1:111122223333:cluster/paris", "projects/p/locations/l/clusters/{name}", "{name}"];
const configMap: fc.Arbitrary<FluxOptions> = fc
  .record(
    {
      provider: fc.constantFrom("generic" as const, "aws" as const, "azure" as const, "gcp" as const),
      cluster: fc.oneof(
        fc.constantFrom(...resources),
        fc.record({ from: fc.constantFrom("label" as const, "property" as const), key: word }),
      ),
      lookup: fc.boolean(),
      audiences: fc.constantFrom(["members"], ["a", "b"]),
    },
    { requiredKeys: [] },
  )
  .map((each) => ({ ...inPlaces, configMap: each }));

/** What is made, or nothing where it is refused with words; anything else that is thrown is a fault. */
function madeOf(cluster: Parameters<typeof reachable>[0], options: FluxOptions): readonly KubeObject[] | undefined {
  try {
    return flux.entry(reachable(cluster), options);
  } catch (error) {
    if (!(error instanceof RollcallError) || error.message.includes("secret@")) throw error;
    return undefined;
  }
}

function expectValid(objects: readonly KubeObject[], options: FluxOptions): void {
  expect(objects.map(({ metadata }) => metadata.namespace)).toEqual(["infra", "apps"]);
  expect(new Set(objects.map(({ metadata }) => metadata.name)).size).toBe(1);
  for (const { apiVersion, kind, metadata, data = {} } of objects) {
    expect(flux.writes(options).map((each) => [each.apiVersion, each.kind])).toContainEqual([apiVersion, kind]);
    expect(metadata.name).toMatch(/^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/);
    for (const [key, value] of Object.entries(data))
      expect([key, typeof value]).toEqual([expect.stringMatching(/^[-._a-zA-Z0-9]+$/), "string"]);
  }
}

describe("whatever a cluster is like", () => {
  it("its Secret says to Flux all that is meant, or there is none", () => {
    let made = 0;
    fc.assert(
      fc.property(given, (cluster) => {
        const objects = madeOf(cluster, inPlaces);
        if (objects === undefined) return;
        made += 1;
        expectValid(objects, inPlaces);
        for (const each of objects) expect(readSecret(each)).toEqual(meant(reachable(cluster).connection));
      }),
      { numRuns: 500 },
    );
    expect(made).toBeGreaterThan(20);
  });

  it("its ConfigMap says to Flux all that is meant and holds no credential, or there is none", () => {
    let made = 0;
    fc.assert(
      fc.property(given, configMap, (cluster, options) => {
        const objects = madeOf(cluster, options);
        if (objects === undefined) return;
        made += 1;
        expectValid(objects, options);
        const { server = "", ca: trusted, ...others } = meant(reachable(cluster).connection);
        const { hostname, port } = URL.parse(server) ?? { hostname: "none", port: "" };
        for (const each of objects) {
          const { provider, cluster: resource, address } = each.data!;
          const asksCloud = address === undefined;
          // Without an address Flux asks the cloud, and only where the list says so.
          expect(!asksCloud || (options.configMap!.lookup === true && resource !== undefined)).toBe(true);
          expect(readConfigMap(each)).toEqual(
            asksCloud ? {} : { server: `https://${hostname}:${port || "443"}`, ca: trusted || undefined },
          );
          expect([others.proxy, others.token, others.key]).toEqual([undefined, undefined, undefined]);
          expect(asksCloud || others.tlsName === undefined).toBe(true);
          expect(["generic", "aws", "azure", "gcp"]).toContain(provider);
        }
      }),
      { numRuns: 1000 },
    );
    expect(made).toBeGreaterThan(20);
  });

  it("two clusters never share an object, whose template is the default", () => {
    const part = fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 1, maxLength: 4 }).map((text) => `a${text}a`);
    const name = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("."));
    const identity = fc.record({
      namespace: part,
      name: fc.oneof(
        name,
        part.map((end) => `${"x".repeat(253 - end.length)}${end}`),
      ),
    });
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        fc.pre(one.name !== other.name || one.namespace !== other.namespace);
        const login = { kind: "gcp", provider: "google" } as const;
        const [a, b] = [one, other].map((each) => madeOf({ ...each, connection: { login } }, { ...inPlaces, configMap: {} })![0]!);
        expect(a!.metadata.name).not.toBe(b!.metadata.name);
      }),
      { numRuns: 300 },
    );
  });
});

it("options in which no problem is found write objects that an API server takes", () => {
  const options = fc.record({
    namespace: fc.constant("apps"),
    namespaces: fc.constant(["infra"]),
    name: fc.oneof(
      fc.constantFrom("{name}", "{namespace}-{name}", "k-{name}.x"),
      fc.string({ unit: fc.constantFrom("{name}", "a", "-", ".", "A"), minLength: 1 }),
    ),
    key: fc.oneof(fc.constantFrom("value", "a.b_c"), word),
    watch: fc.boolean(),
  });
  fc.assert(
    fc.property(options, (each) => {
      fc.pre(problemsOf(each).length === 0);
      const login = { kind: "credential", provider: "fleet", token: new Hidden("x") } as const;
      const objects = madeOf({ name: "paris", connection: { login } }, each);
      if (objects !== undefined) expectValid(objects, each);
    }),
  );
});
