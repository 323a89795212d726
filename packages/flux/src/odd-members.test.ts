import { expect, it } from "vitest";
import { Hidden, isRefusal, type Reachable } from "@rollcall/contract";
import { cluster, openWorkbench, type Finishing } from "@rollcall/testing";
import { flux, type FluxOptions } from "./index.ts";

const long = "a".repeat(253);
const server = "https://odd.example.test";
const endpoints: Readonly<Record<string, object>> = {
  plain: {},
  "no-ca": { ca: undefined },
  path: { server: `${server}/k8s/clusters/c-1` },
  proxy: { proxy: "http://proxy.example.test:3128" },
  "tls-name": { tlsName: "odd.internal" },
  insecure: { ca: undefined, insecure: true },
  [long]: {},
};

/** A list whose members are odd, each in its own way: the reason of each that is not on it. */
async function reasonsOf(test: Finishing, options: FluxOptions): Promise<Readonly<Record<string, string>>> {
  const bench = await openWorkbench({ adapter: flux, options });
  test.onTestFinished(() => bench.close());
  const fleet = Object.keys(endpoints).map((name) => cluster({ name }));
  bench.fleet.put(...fleet, cluster({ name: "unwell", health: "unknown" }), cluster({ name: "plain", namespace: "two", manager: "other" }));
  const engine = await bench.start({
    connect: (of, login) => {
      const { endpoint, provider } = of.access[0]!;
      if (isRefusal(endpoint)) throw new Error("tests have endpoints");
      const odd = { ...endpoint, server: `https://${of.namespace}-${of.name.slice(0, 9)}.example.test`, ...endpoints[of.name] };
      const credential = { kind: "credential", provider, token: new Hidden("s3cret") } as const;
      const connection = { ...odd, login: login === "by itself" ? { kind: "gcp" as const, provider } : credential };
      return Promise.resolve({ ...of, connection } as Reachable);
    },
  });
  await engine.settle();
  const all = [...engine.list.status()].map(([id, { state, verdict }]) => [id.replace(long, "long"), verdict?.reason ?? state] as const);
  const refused = all.filter(([, reason]) => reason !== "member");
  const [kind] = flux.writes(options);
  expect(bench.hub.list(kind!.kind, "apps")).toHaveLength(all.length - refused.length);
  return Object.fromEntries(refused);
}

it("odd members of a list keep nobody else from having a Secret, and say why they have none", async (test) => {
  expect(await reasonsOf(test, { namespace: "apps" })).toEqual({ "fleet/insecure": "InsecureNotRead" });
});

it("odd members of a list keep nobody else from having a ConfigMap, and say why they have none", async (test) => {
  expect(await reasonsOf(test, { namespace: "apps", configMap: { provider: "generic" } })).toEqual({
    "fleet/insecure": "InsecureNotRead",
    "fleet/path": "PathNotRead",
    "fleet/proxy": "ProxyNotRead",
    "fleet/tls-name": "TlsNameNotRead",
  });
});
