import { readFileSync } from "node:fs";
import fc from "fast-check";
import { Hidden, isRefusal, kubeconfig, toBase64 } from "@rollcall/contract";
import { ca, loopbackCertificate, reachable } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { type KubeconfigLogin, readKubeconfig } from "./read.ts";

const { certificate, key } = loopbackCertificate();
const pair = { "client-certificate-data": toBase64(certificate), "client-key-data": toBase64(key) };

type Part = Readonly<Record<string, unknown>>;

/** A kubeconfig of one context, some parts of it otherwise. */
function file({ user = { token: "t" }, cluster = {}, rest = {} }: { user?: unknown; cluster?: Part; rest?: Part } = {}): Part {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: "https://paris.test:6443", "certificate-authority-data": toBase64(ca), ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
    ...rest,
  };
}

/** What it says, its secrets shown. */
function read(content: unknown, context?: string): unknown {
  const answer = readKubeconfig(typeof content === "string" ? content : JSON.stringify(content), context);
  return isRefusal(answer) ? answer.reason : shown(answer);
}

function shown({ token, clientCertificate, ...rest }: KubeconfigLogin): unknown {
  return {
    ...rest,
    ...(token && { token: token.reveal() }),
    ...(clientCertificate && { clientCertificate: { ...clientCertificate, key: clientCertificate.key.reveal() } }),
  };
}

const madeFor = { server: "https://paris.test:6443", ca };

describe("a kubeconfig gives the login of one context, and the server that it was made for", () => {
  it("with a token", () => {
    expect(read(file())).toEqual({ madeFor, token: "t" });
  });

  it("with a client certificate, and when that ends", () => {
    expect(read(file({ user: pair }))).toEqual({ madeFor, clientCertificate: { certificate, key }, expiresAt: "9999-12-31T23:59:59.000Z" });
  });

  it("with both", () => {
    expect(read(file({ user: { ...pair, token: "t" } }))).toMatchObject({ token: "t", clientCertificate: { key } });
  });

  it("without a CA, when public ones are trusted, and with the name of its certificate", () => {
    const cluster = { "certificate-authority-data": "", "tls-server-name": "kubernetes" };
    expect(read(file({ cluster }))).toEqual({ madeFor: { server: madeFor.server, tlsName: "kubernetes" }, token: "t" });
  });

  it("with its verification switched off, which is said, and not where it has a CA all the same", () => {
    const insecure = { "insecure-skip-tls-verify": true };
    const off = { madeFor: { server: madeFor.server, insecure: true }, token: "t" };
    expect(read(file({ cluster: { ...insecure, "certificate-authority-data": "" } }))).toEqual(off);
    expect(read(file({ cluster: insecure }))).toEqual({ madeFor, token: "t" });
  });

  it("of the context that was asked for", () => {
    const contexts = ["x", "y"].map((name) => ({ name, context: { cluster: name, user: name } }));
    const clusters = ["x", "y"].map((name) => ({ name, cluster: { server: `https://${name}.test` } }));
    const users = ["x", "y"].map((name) => ({ name, user: { token: name } }));
    const both = file({ rest: { contexts, clusters, users } });
    expect([read(both), read(both, "y")]).toEqual(["x", "y"].map((name) => ({ madeFor: { server: `https://${name}.test` }, token: name })));
  });

  it("in YAML, in indented JSON, and with what others added", () => {
    const content = file({ rest: { preferences: {}, extensions: [{ name: "x", extension: {} }] } });
    for (const text of [stringify(content), JSON.stringify(content, null, "\t"), `---\n${stringify(content)}`])
      expect(read(text)).toEqual({ madeFor, token: "t" });
  });

  it("as Cluster API writes it", () => {
    const secrets = parseAllDocuments(readFileSync(new URL("../__samples__/support-secrets.yaml", import.meta.url), "utf8"));
    const texts = secrets.map((each) => (each.toJS() as { stringData: Record<string, string> }).stringData["value"]).filter(Boolean);
    expect(texts.map((text) => read(text))).toEqual([
      { madeFor: { server: "https://172.18.0.9:6443", ca: expect.stringContaining("BEGIN CERT") }, token: "placeholder-tenant-a-token" },
      { madeFor: { server: "https://172.18.0.77:6443", ca: expect.stringContaining("BEGIN CERT") }, token: "placeholder-tenant-c-token" },
    ]);
  });

  it("as we write it", () => {
    const login = { kind: "credential", provider: "x", token: new Hidden("t") } as const;
    const paris = reachable({ name: "paris", connection: { server: madeFor.server, ca, tlsName: "kubernetes", login } });
    expect(read(kubeconfig(paris))).toEqual({ madeFor: { ...madeFor, tlsName: "kubernetes" }, token: "t" });
  });

  it("whatever else its user could log in by: nothing of that is run or opened", () => {
    const user = { token: "t", exec: { command: "/bin/touch" }, tokenFile: "/etc/passwd", username: "u", password: "p" };
    expect(read(file({ user }))).toEqual({ madeFor, token: "t" });
  });
});

describe("a kubeconfig is refused", () => {
  const loud = { exec: { command: "x" } };
  it.each<readonly [string, string, unknown]>([
    ["that is no YAML", "BadKubeconfig", "{"],
    ["that is empty", "BadKubeconfig", ""],
    ["that is a list", "BadKubeconfig", "[]"],
    ["with two documents", "BadKubeconfig", `${stringify(file())}---\n${stringify(file())}`],
    ["with a key twice", "BadKubeconfig", `${stringify(file())}current-context: y\n`],
    ["that is larger than a Secret", "BadKubeconfig", `${JSON.stringify(file())}${" ".repeat(1024 * 1024)}`],
    ["that would take long to parse", "BadKubeconfig", "[".repeat(1024 * 1024 - 1)],
    ["with a bomb of aliases", "BadKubeconfig", `a: &a [x]\nb: &b [${"*a,".repeat(20)}]\n${stringify(file())}`],
    [
      "whose login comes by a merge key",
      "NoLogin",
      `base: &b { token: t }\n${stringify(file({ user: {} })).replace("{}", "\n      <<: *b")}`,
    ],
    ["whose token is a number", "BadKubeconfig", file({ user: { token: 7 } })],
    ["whose clusters are no list", "BadKubeconfig", file({ rest: { clusters: {} } })],
    ["with an entry that is no mapping", "BadKubeconfig", file({ rest: { users: ["u"] } })],
    ["with two users of one name", "BadKubeconfig", file({ rest: { users: [1, 2].map(() => ({ name: "u", user: { token: "t" } })) } })],
    ["without a current context", "NoContext", file({ rest: { "current-context": "" } })],
    ["whose context is not there", "UnknownContext", file({ rest: { "current-context": "__proto__" } })],
    ["without contexts", "UnknownContext", file({ rest: { contexts: null } })],
    ["whose context names no cluster of it", "UnknownCluster", file({ rest: { clusters: [] } })],
    ["whose context names no user of it", "UnknownUser", file({ rest: { users: null } })],
    ["without a server", "NoServer", file({ cluster: { server: "" } })],
    ["whose CA is a path", "PathInKubeconfig", file({ cluster: { "certificate-authority-data": "", "certificate-authority": "/ca.crt" } })],
    ["whose CA is no certificate", "BadKubeconfig", file({ cluster: { "certificate-authority-data": toBase64("hello") } })],
    ["whose certificate is a path", "PathInKubeconfig", file({ user: { "client-certificate": "/a", "client-key": "/b" } })],
    ["whose key is a path", "PathInKubeconfig", file({ user: { ...pair, "client-key-data": "", "client-key": "/b" } })],
    ["with a certificate without its key", "HalfCertificate", file({ user: { ...pair, "client-key-data": "" } })],
    ["with a key without its certificate", "HalfCertificate", file({ user: { ...pair, "client-certificate-data": null } })],
    ["whose key is another's", "BadCertificate", file({ user: { ...pair, "client-key-data": toBase64(loopbackCertificate().key) } })],
    ["whose certificate is not base64", "BadKubeconfig", file({ user: { ...pair, "client-certificate-data": "%" } })],
    ["whose token holds a line end", "BadToken", file({ user: { token: "t\nHost: evil" } })],
    ["whose user acts as another", "ActsAsAnother", file({ user: { token: "t", as: "viewer" } })],
    ["whose user acts for a group", "ActsAsAnother", file({ user: { token: "t", "as-groups": ["viewers"] } })],
    ["whose user only runs a plugin", "UnusableLogin", file({ user: loud })],
    ["whose user only has an auth provider", "UnusableLogin", file({ user: { "auth-provider": { name: "oidc" } } })],
    ["whose user only has a password", "UnusableLogin", file({ user: { username: "u", password: "p" } })],
    ["whose user only has a token file", "UnusableLogin", file({ user: { tokenFile: "/t" } })],
    ["whose user has nothing", "NoLogin", file({ user: { exec: null, as: "", "as-groups": [] } })],
    ["whose user is nothing", "NoLogin", file({ user: null })],
  ])("%s: %s", (_, reason, content) => {
    expect(read(content)).toBe(reason);
  });

  it("naming the ways to log in that are not taken, and what to do", () => {
    const answer = readKubeconfig(JSON.stringify(file({ user: { ...loud, tokenFile: "/t" } })));
    expect(answer).toMatchObject({ message: expect.stringMatching(/by exec and tokenFile alone.*put a token or a client certificate/) });
  });

  it("for its token with what to do", () => {
    const answer = readKubeconfig(JSON.stringify(file({ user: { token: "t\nx" } })));
    expect(answer).toMatchObject({ message: "its token holds characters that no header may, or too many; store it as it was issued" });
  });

  it("by the context that was asked for, if that is the one that is not there", () => {
    expect(readKubeconfig(JSON.stringify(file()), "admin@paris")).toMatchObject({ message: expect.stringContaining('"admin@paris"') });
  });

  it("without a word of what it holds, however it is broken, and never by an exception", () => {
    const marked = fc.oneof(
      { depthSize: "small" },
      fc.constant("MARKED"),
      fc.constant({ MARKED: "MARKED" }),
      fc.constant(["MARKED"]),
      fc.constant(7),
      fc.constant(null),
    );
    const keys = ["token", "tokenFile", "as", "exec", "client-certificate-data", "client-key-data", "client-key", "username", "__proto__"];
    const user = fc.dictionary(fc.constantFrom(...keys), marked);
    const cluster = fc.dictionary(fc.constantFrom("server", "certificate-authority-data", "certificate-authority", "__proto__"), marked);
    const rest = fc.dictionary(fc.constantFrom("clusters", "users", "contexts", "current-context"), marked, { maxKeys: 1 });
    const text = fc.record({ user, cluster, rest }).map((parts) => JSON.stringify(file(parts)));
    const cut = fc
      .tuple(text, fc.nat(1200), fc.string({ unit: "binary", maxLength: 3 }))
      .map(([whole, at, more]) => whole.slice(0, at) + more + whole.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(text, cut, fc.string({ unit: "binary" })), (content) => {
        const answer = readKubeconfig(content);
        expect(isRefusal(answer) ? answer.message : "").not.toContain("MARKED");
        expect(JSON.stringify(answer)).not.toMatch(/"(token|key)":"(?!\[hidden\])/);
      }),
      { numRuns: 2000 },
    );
  });
});
