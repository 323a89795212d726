import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { fromBase64, Hidden, RollcallError, type Connection, type KubeObject, type Reachable } from "@rollcall/contract";
import { ca, reachable } from "@rollcall/testing";
import { istio, istioFiles, type IstioOptions } from "./index.ts";
import { readKubeconfig } from "./istiod.test.helper.ts";

const odd = fc.string({ unit: fc.constantFrom(...Array.from("aZ0-_.:/?#[]@%\\ \n\u0000é東<>\"'{}")), maxLength: 40 });
/** Mostly what is well, or nothing would come of a cluster with so many parts. */
function mostly<Value>(good: fc.Arbitrary<Value>, bad: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: bad });
}

const name = mostly(
  fc.oneof(fc.constantFrom("paris", "name", "server", "constructor"), fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/)),
  fc.oneof(fc.constantFrom("a.b", "x".repeat(253), "__proto__", "config", "-", ""), odd),
);
const server = mostly(
  fc.oneof(fc.webUrl({ validSchemes: ["https"] }), fc.constantFrom("https://[fd00::1]:6443", "https://10.0.0.1", "https://a.com:6443/x")),
  fc.oneof(
    fc.webUrl({ validSchemes: ["https", "http", "ftp"], withQueryParameters: true, withFragments: true }),
    fc.constantFrom("https://kubernetes.default.svc", "https://a.test:99999", "https://a.test/%zz", ""),
    odd.map((text) => `https://${text}`),
    odd,
  ),
);
const pem = mostly(
  fc.constantFrom(ca, `${ca}${ca}`, `words before\n${ca}`),
  fc.oneof(fc.constantFrom(ca.slice(0, 200), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), odd),
);
const key = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n";
const secret = mostly(fc.constantFrom(key, "eyJhbGciOi.e30.c2ln"), fc.oneof(fc.string(), odd)).map((text) => new Hidden(text));
const token = mostly(fc.constant("eyJhbGciOi.e30.c2ln"), fc.oneof(fc.string(), odd)).map((text) => new Hidden(text));
const login: fc.Arbitrary<Connection["login"]> = mostly<Connection["login"]>(
  fc.oneof(
    fc.record({ kind: fc.constant("credential" as const), provider: fc.constant("fleet"), token }),
    fc.record({
      kind: fc.constant("credential" as const),
      provider: fc.constant("fleet"),
      clientCertificate: fc.record({ certificate: pem, key: secret }),
    }),
  ),
  fc.constantFrom<Connection["login"]>(
    { kind: "credential", provider: "fleet" },
    { kind: "gcp", provider: "google" },
    { kind: "exec", provider: "x", command: "/x", args: [], env: {}, apiVersion: "v1" },
  ),
);
const connection = fc.record(
  {
    server,
    login,
    ca: pem,
    tlsName: odd,
    proxy: mostly(fc.constantFrom("socks5://p.test:1080", "http://user:pass@p.test"), fc.oneof(server, odd)),
    insecure: fc.constant(true as const),
    disableCompression: fc.constant(true as const),
  },
  { requiredKeys: ["server", "login"] },
);
const words = fc.dictionary(
  fc.oneof(fc.constantFrom("id", "private", "istio/multiCluster", "__proto__"), odd),
  fc.oneof(name, server, odd),
  {
    maxKeys: 5,
  },
);
const cluster: fc.Arbitrary<Reachable> = fc
  .record({ name, namespace: fc.constantFrom("fleet", "n".repeat(63)), labels: words, properties: words, connection })
  .map(({ connection, ...given }) => ({ ...reachable(given), connection }));

const from = (key: string) => fc.record({ from: fc.constantFrom("label" as const, "property" as const), key: fc.constant(key) });
const options: fc.Arbitrary<IstioOptions> = fc.record(
  {
    namespace: fc.constant("istio-system"),
    clusterIds: fc.dictionary(fc.constantFrom("fleet/paris", "__proto__"), name),
    clusterId: from("id"),
    server: from("private").map((source) => ({ ...source, allowed: ["*.com", "10.0.0.1", "[fd00::1]:6443"] })),
    readers: fc.constantFrom(["istio"], ["kiali"], ["kiali", "istio"]),
    labels: fc.dictionary(
      fc.constantFrom("istio/multiCluster", "kiali.io/multiCluster", "rollcall.dev/list", "__proto__", "team"),
      from("id"),
    ),
    ownId: fc.constant("config"),
  },
  { requiredKeys: ["namespace"] },
);

/** What came of it, or why nothing did. */
function tried<Made>(make: () => Made): Made | RollcallError {
  try {
    return make();
  } catch (error) {
    if (error instanceof RollcallError) return error;
    throw error;
  }
}

/** A reason to search for, nothing that waiting would change, and no secret. */
function expectWords({ reason, retry, message }: RollcallError, { connection: { login, ...rest } }: Reachable): void {
  const token = login.kind === "credential" ? (login.token?.reveal() ?? "") : "";
  const isShown = token.length > 12 && !JSON.stringify(rest).includes(token) && message.includes(token);
  expect({ reason, retry, isShown }).toEqual({ reason: expect.stringMatching(/^[A-Z]\w+$/) as string, retry: false, isShown: false });
}

/** What an API server asks of a Secret. */
function expectSecret({ kind, metadata, type, data = {} }: KubeObject): void {
  expect([kind, type]).toEqual(["Secret", "Opaque"]);
  expect(metadata.name).toMatch(/^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/);
  for (const key of Object.keys(data)) expect(key).toMatch(/^[-._a-zA-Z0-9]{1,253}$/);
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    expect(value).toMatch(/^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/);
    expect(key).not.toMatch(/rollcall|__proto__/);
  }
}

describe("a hostile cluster", () => {
  it("is refused, or becomes a Secret of one cluster that istiod reads, called as the Secret says", () => {
    fc.assert(
      fc.property(cluster, options, (given, wanted) => {
        const made = tried(() => istio.entry(given, wanted)[0]!);
        if (made instanceof RollcallError) return expectWords(made, given);
        expectSecret(made);
        const { data = {}, metadata } = made;
        const [id, ...others] = Object.keys(data);
        expect(others).toEqual([]);
        const { id: read, cluster: at } = readKubeconfig(fromBase64(data[id!]!)!);
        expect([read, metadata.name.replace(/^(?:istio|kiali)-remote-secret-/, "")]).toEqual([id, id]);
        expect(at["server"]).toMatch(/^https:\/\//);
        const isIstios = wanted.readers?.includes("istio") ?? true;
        expect(metadata.labels!["istio/multiCluster"]).toBe(isIstios ? "true" : undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it("is refused, or becomes a file that istiod reads, and touches no other cluster's file", () => {
    const paris = reachable({
      name: "paris",
      connection: { login: { kind: "credential", provider: "fleet", token: new Hidden("s3cret") } },
    });
    const files = { namespace: "istio-system", secret: "files" };
    const good = { id: paris.id, name: "files.paris", listed: true, cluster: paris };
    const alone = istioFiles.index!([good], files).objects[0]!.data!["paris.yaml"];
    fc.assert(
      fc.property(cluster, (given) => {
        const made = tried(() => istioFiles.entry(given, files)[0]!);
        const isRefused = made instanceof RollcallError;
        if (isRefused) expectWords(made, given);
        else expectSecret(made);
        const anchor = isRefused ? "files.hostile" : made.metadata.name;
        const { objects: mounted } = istioFiles.index!([good, { id: given.id, name: anchor, listed: true, cluster: given }], files);
        const { data = {} } = mounted[0]!;
        expectSecret(mounted[0]!);
        expect(data["paris.yaml"]).toBe(alone);
        for (const [file, text] of Object.entries(data)) expect(`${readKubeconfig(fromBase64(text)!).id}.yaml`).toBe(file);
      }),
      { numRuns: 1000 },
    );
  });
});

it("the hostile clusters are not all refused", () => {
  const made = fc.sample(fc.tuple(cluster, options), { numRuns: 2000, seed: 7 }).filter(([given, wanted]) => {
    return !(tried(() => istio.entry(given, wanted)) instanceof RollcallError);
  });
  expect(made.length).toBeGreaterThan(100);
});
