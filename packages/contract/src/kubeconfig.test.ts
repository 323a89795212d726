import { describe, expect, it } from "vitest";
import {
  Hidden,
  kubeconfig,
  readers,
  unreadable,
  type Connection,
  type Credential,
  type Reachable,
  type Reader,
  type Trait,
} from "./index.ts";

const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const token: Credential = { kind: "credential", provider: "fleet", token: new Hidden("s3cret") };
const clientCertificate = { certificate: ca, key: new Hidden("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n") };
const plain: Connection = { server: "https://paris.example.test:6443", ca, login: token };

type Given = { readonly [Key in keyof Connection]?: Connection[Key] | undefined };

function paris(connection: Given = {}): Reachable {
  return {
    id: "fleet/paris",
    namespace: "fleet",
    name: "paris",
    uid: "u-1",
    createdAt: "",
    resourceVersion: "1",
    displayName: "paris",
    manager: "hand",
    labels: {},
    properties: {},
    conditions: {},
    health: "unknown",
    access: [],
    connection: { ...plain, ...connection } as Connection,
  };
}

/** As a person would like to read it. */
const pretty = (text: string) => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;

describe("a kubeconfig", () => {
  it.each<{ readonly name: string; readonly connection?: Given; readonly options?: { readonly name: string } }>([
    { name: "a token" },
    { name: "a client certificate", connection: { login: { kind: "credential", provider: "fleet", clientCertificate } } },
    { name: "a certificate beside a token", connection: { login: { ...token, clientCertificate } } },
    {
      name: "every way to get there",
      connection: {
        server: "https://gateway.example.test/clusters/paris?agent=7",
        tlsName: "paris.internal",
        proxy: "socks5://bastion.example.test:1080",
        disableCompression: true,
      },
    },
    { name: "a public CA", connection: { ca: undefined } },
    { name: "verification switched off", connection: { ca: undefined, insecure: true } },
    { name: "a name of its own", options: { name: "paris" } },
  ])("is rendered with $name", async ({ name, connection, options }) => {
    const text = kubeconfig(paris(connection), options);
    await expect(pretty(text)).toMatchFileSnapshot(`__golden__/kubeconfig-${name.toLowerCase().replaceAll(" ", "-")}.json`);
  });

  it("has the same bytes for the same connection, in whichever order it was put together", () => {
    const { login, ca, server } = plain;
    expect(kubeconfig({ ...paris(), connection: { login, ca: ca!, server } })).toBe(kubeconfig(paris()));
  });

  it("is refused to who would run a program: a plugin is never written into one", () => {
    const exec = { kind: "exec", provider: "plugin", command: "/bin/x", args: [], env: {}, apiVersion: "v1" } as const;
    expect(() => kubeconfig(paris({ login: exec }))).toThrow(/provider "plugin" only says how a consumer logs in by itself/);
  });

  it("is refused without a login, which a consumer would take for anybody's", () => {
    expect(() => kubeconfig(paris({ login: { kind: "credential", provider: "fleet" } }))).toThrow(/neither a token nor a certificate/);
  });
});

// What each reader does, written down once more: a change of the table has to be meant.
const fates: Readonly<Record<Reader, Readonly<Partial<Record<Trait, string>>>>> = {
  argocd: {},
  capi: { query: "QueryNotRead" },
  flux: { query: "QueryNotRead", insecure: "InsecureNotRead" },
  "flux-generic": {
    proxy: "ProxyNotRead",
    tlsName: "TlsNameNotRead",
    path: "PathNotRead",
    query: "QueryNotRead",
    insecure: "InsecureNotRead",
    token: "TokenNotRead",
    clientCertificate: "CertificateNotRead",
  },
  istio: { query: "QueryNotRead" },
  kubevela: { query: "QueryNotRead", tlsName: "TlsNameNotRead", noCa: "CaNeeded" },
  kueue: { query: "QueryNotRead", insecure: "InsecureNotRead", oddHost: "HostNotRead" },
  "multicluster-runtime": { query: "QueryNotRead" },
};

const byItself: Connection["login"] = { kind: "gcp", provider: "google" };
const connections: Readonly<Record<Trait, Connection>> = {
  proxy: { ...plain, login: byItself, proxy: "http://proxy.example.test" },
  tlsName: { ...plain, login: byItself, tlsName: "kubernetes" },
  path: { ...plain, login: byItself, server: "https://gateway.example.test/paris" },
  query: { ...plain, login: byItself, server: "https://proxy.example.test:9090?agent=paris" },
  oddHost: { ...plain, login: byItself, server: "https://my_cluster.example.test" },
  noCa: { server: plain.server, login: byItself },
  insecure: { server: plain.server, login: byItself, insecure: true },
  disableCompression: { ...plain, login: byItself, disableCompression: true },
  token: plain,
  clientCertificate: { ...plain, login: { kind: "credential", provider: "fleet", clientCertificate } },
};

describe("a connection is refused before it is written where its reader would lose something", () => {
  const rows = Object.entries(fates).flatMap(([reader, refused]) =>
    (Object.keys(connections) as Trait[]).map((trait) => ({ reader: reader as Reader, trait, outcome: refused[trait] ?? "read" })),
  );

  it.each(rows)("$reader and $trait: $outcome", ({ reader, trait, outcome }) => {
    const { reason, message } = unreadable(reader, connections[trait]) ?? { reason: "read", message: `${reader} drops nothing; so be it` };
    expect(reason).toBe(outcome);
    expect(message).toMatch(new RegExp(`^${reader} (drops|refuses) .+; .+`));
  });

  it("and nobody else reads", () => {
    expect(Object.keys(readers).sort()).toEqual(Object.keys(fates).sort());
  });

  it.each(["https://[2001:db8::7]", "https://[2001:db8::7]/x", "https://hub.example.test.:6443"])("kueue refuses %s", (server) => {
    expect(unreadable("kueue", { ...plain, server })?.reason).toBe("HostNotRead");
  });

  it.each(["https://[2001:db8::7]:443", "https://10.0.0.1", "https://HUB.example.test:6443", "https://localhost/a/b"])(
    "kueue reads %s",
    (server) => {
      expect(unreadable("kueue", { ...plain, server })).toBeUndefined();
    },
  );

  it("only to save compression nobody is refused", () => {
    expect(readers.flux.disableCompression).toBe("drops");
    expect(unreadable("flux", { ...plain, disableCompression: true })).toBeUndefined();
  });
});
