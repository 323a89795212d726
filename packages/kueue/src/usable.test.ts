import { describe, expect, it } from "vitest";
import { Hidden, type Connection } from "@rollcall/contract";
import { ca, reachable } from "@rollcall/testing";
import { kueue, type KueueOptions } from "./index.ts";

const options: KueueOptions = { namespace: "kueue-system", config: "batch", refuse: ["https://hub.example.test:443/"] };
const byProfile: KueueOptions = { ...options, clusterSource: "clusterProfileRef" };
const certificate = ca;
const key = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n";
const login = (more: object): Connection["login"] => ({ kind: "credential", provider: "fleet", ...more });
const token = login({ token: new Hidden("s3cret") });
const exec: Connection["login"] = { kind: "exec", provider: "fleet", command: "/x", args: [], env: {}, apiVersion: "v1" };

type Given = Parameters<typeof reachable>[0];
type Link = NonNullable<Given["connection"]>;

function render(connection: Link, given: KueueOptions, more: Partial<Given> = {}): () => unknown {
  return () => kueue.entry(reachable({ name: "paris", ...more, connection }), given);
}

function refused(reason: string): unknown {
  const message = expect.stringMatching(/fleet\/paris.*; /) as string;
  return expect.objectContaining({ name: "RollcallError", reason, retry: false, message });
}

describe.each([
  { by: "a kubeconfig", given: options, login: token },
  { by: "a profile", given: byProfile, login: exec },
])("with $by, kueue refuses a cluster", ({ given, login }) => {
  it.each<{ when: string; connection: Link; reason: string }>([
    { when: "is the hub's own, in another spelling", connection: { server: "https://HUB.example.test" }, reason: "OwnCluster" },
    { when: "is whatever Kueue runs in", connection: { server: "https://kubernetes.default.svc" }, reason: "InCluster" },
    { when: "has no scheme", connection: { server: "paris.example.test:6443" }, reason: "BadServer" },
    { when: "is no URL", connection: { server: "https://" }, reason: "BadServer" },
    { when: "is of another scheme", connection: { server: "ftp://paris.example.test" }, reason: "BadServer" },
    { when: "is read as another host in Go", connection: { server: "https://%70aris.example.test" }, reason: "BadServer" },
    { when: "carries a user", connection: { server: "https://a:b@paris.example.test" }, reason: "BadServer" },
    { when: "has letters that no DNS name has", connection: { server: "https://münchen.example.test" }, reason: "BadServer" },
    { when: "ends in a line break", connection: { server: "https://paris.example.test\n" }, reason: "BadServer" },
    { when: "has an underscore", connection: { server: "https://my_paris.example.test" }, reason: "HostNotRead" },
    { when: "is an IPv6 address without a port", connection: { server: "https://[2001:db8::7]" }, reason: "HostNotRead" },
    { when: "has a query", connection: { server: "https://paris.example.test?agent=7" }, reason: "QueryNotRead" },
    { when: "is not to be verified", connection: { ca: undefined, insecure: true }, reason: "InsecureNotRead" },
    { when: "is behind a proxy of a kind that it does not know", connection: { proxy: "socks4://x.test" }, reason: "ProxyNotSupported" },
    { when: "is behind a proxy without a host", connection: { proxy: "http://" }, reason: "ProxyNotSupported" },
    { when: "is behind a proxy with a path and no host", connection: { proxy: "socks5:///x" }, reason: "ProxyNotSupported" },
    { when: "has a CA that is none", connection: { ca: "LS0tLS1CRUdJTg==" }, reason: "BadCertificate" },
  ])("whose server $when", ({ connection, reason }) => expect(render({ login, ...connection }, given)).toThrow(refused(reason)));

  it.each(["https://[2001:db8::7]:6443", "https://10.0.0.1", "https://gateway.example.test/v1/paris", "https://HUB.example.test:6443"])(
    "only for a reason: %s is taken",
    (server) => expect(render({ login, server }, given)).not.toThrow(),
  );
});

describe("with a kubeconfig, kueue refuses a login", () => {
  it.each([
    { when: "is a plugin, which Kueue would not run", login: exec },
    { when: "is a cloud's", login: { kind: "gcp", provider: "google" } as const },
    { when: "is empty", login: login({}) },
    { when: "is an empty token", login: login({ token: new Hidden("") }) },
  ])("that $when", ({ login }) => expect(render({ login }, options)).toThrow(refused("NoCredential")));

  it.each(["s3cret\n", "s3 cret", "s3crét"])("whose token breaks a header, and does not show it: %j", (text) => {
    expect(render({ login: login({ token: new Hidden(text) }) }, options)).toThrow(refused("BadToken"));
    expect(render({ login: login({ token: new Hidden(text) }) }, options)).not.toThrow(text);
  });

  it.each([
    { when: "certificate is none", pair: { certificate: "no", key: new Hidden(key) } },
    { when: "key is locked", pair: { certificate, key: new Hidden(key.replaceAll("PRIVATE", "ENCRYPTED PRIVATE")) } },
    { when: "key is empty", pair: { certificate, key: new Hidden("") } },
  ])("whose $when", ({ pair }) => {
    expect(render({ login: login({ clientCertificate: pair }) }, options)).toThrow(refused("BadCertificate"));
  });

  it("that is a token beside a certificate only for a reason", () => {
    const both = login({ token: new Hidden("s3cret"), clientCertificate: { certificate, key: new Hidden(key) } });
    expect(render({ login: both }, options)).not.toThrow();
  });

  it("even where a profile would have done, in the old API", () => {
    expect(render({ login: exec }, { ...byProfile, version: "v1beta1" })).toThrow(refused("NoCredential"));
  });
});

describe("with a profile, kueue refuses a cluster", () => {
  it("whose TLS name Kueue would drop, and takes it with a kubeconfig", () => {
    expect(render({ login: exec, tlsName: "paris.internal" }, byProfile)).toThrow(refused("TlsNameNotRead"));
    expect(render({ login: token, tlsName: "paris.internal" }, options)).not.toThrow();
    expect(render({ login: token, tlsName: "paris.internal" }, { ...options, clusterSource: "auto" })).not.toThrow();
  });

  it("whose provider Kueue is not set up for", () => {
    expect(render({ login: exec }, { ...byProfile, providers: ["google"] })).toThrow(refused("ProviderNotKnown"));
    expect(render({ login: exec }, { ...byProfile, providers: ["google", "fleet"] })).not.toThrow();
  });

  it("whose profile is where Kueue does not look, when nothing is to be mirrored", () => {
    const never = { ...byProfile, mirror: false };
    expect(render({ login: exec }, never)).toThrow(refused("ProfileElsewhere"));
    expect(render({ login: exec }, never, { namespace: "kueue-system" })).not.toThrow();
  });

  it.each([{ says: 7 }, { says: "x" }, { says: null }, { says: ["x"] }])(
    "that says $says to its plugin, which an API server would not take",
    ({ says }) => expect(render({ login: { ...exec, config: says } }, byProfile)).toThrow(refused("BadExecExtension")),
  );
});
