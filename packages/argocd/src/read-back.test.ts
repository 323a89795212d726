import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { fromBase64, Hidden, secretData, type Connection, type KubeObject } from "@rollcall/contract";
import { ca, reachable } from "@rollcall/testing";
import { parse } from "yaml";
import { argocd, type ArgoCdOptions } from "./index.ts";

// What Argo CD does with a cluster Secret, written after its own rules (SecretToCluster, RawRestConfig, clusterToSecret of 3.5, Go's
// encoding/json and client-go) and on purpose with nothing of what the adapter is made of. Go itself has given the answers below.

const options: ArgoCdOptions = { namespace: "argocd" };
const key = "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n";
const v1 = "client.authentication.k8s.io/v1";

describe("what is written, Argo CD reads as it was meant", () => {
  const word = fc.string({ maxLength: 12 });
  const line = fc.string({ unit: fc.constantFrom(...Array.from("aZ9-_.~+/=<>&'\"\\{}é東\u2028")), minLength: 1, maxLength: 12 });
  const login: fc.Arbitrary<Connection["login"]> = fc.oneof(
    fc.record(
      {
        kind: fc.constant("exec" as const),
        provider: fc.constant("fleet"),
        command: fc.string({ minLength: 1, maxLength: 12 }),
        args: fc.array(word, { maxLength: 3 }),
        env: fc.dictionary(word, word, { maxKeys: 3 }),
        apiVersion: fc.constantFrom(v1, `${v1}beta1`),
        installHint: word,
        provideClusterInfo: fc.constant(true as const),
        config: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
      },
      { requiredKeys: ["kind", "provider", "command", "args", "env", "apiVersion"] },
    ),
    fc.constant({ kind: "gcp" as const, provider: "google" }),
    fc.record(
      { kind: fc.constant("aws" as const), provider: fc.constant("eks"), clusterName: line, roleArn: line, profile: line },
      { requiredKeys: ["kind", "provider", "clusterName"] },
    ),
    fc.record({ kind: fc.constant("azure" as const), provider: fc.constant("aks"), env: fc.dictionary(line, word, { maxKeys: 3 }) }),
    line.map((token) => ({ kind: "credential" as const, provider: "fleet", token: new Hidden(token) })),
    fc.constant({ kind: "credential" as const, provider: "fleet", clientCertificate: { certificate: ca, key: new Hidden(key) } }),
  );
  const connection: fc.Arbitrary<Connection> = fc.record(
    {
      server: fc.constantFrom("https://a.test", "https://A.test:6443/x//", "https://[2001:db8::7]/?agentName=<a>&b"),
      login,
      ca: fc.constantFrom(ca, ca.replaceAll("\n", "\r\n"), `${ca}${ca}`),
      tlsName: line,
      proxy: fc.constantFrom("http://p.test", "https://p.test:1", "socks5://[::1]:1080"),
      insecure: fc.constant(true as const),
      disableCompression: fc.constant(true as const),
    },
    { requiredKeys: ["server", "login"] },
  );
  const scope: fc.Arbitrary<Partial<ArgoCdOptions>> = fc.record(
    {
      project: line,
      shard: fc.nat(9999),
      namespaces: fc.array(fc.constantFrom("web", "db", "kube-system"), { minLength: 1, maxLength: 3 }),
      clusterResources: fc.boolean(),
    },
    { requiredKeys: [] },
  );

  it("whatever the login, the transport and the scope", () => {
    fc.assert(
      fc.property(connection, scope, (given, scoped) => {
        const paris = reachable({ name: "paris" });
        const [secret] = argocd.entry({ ...paris, connection: given }, { ...options, ...scoped });
        const read = readSecret(secret!);
        expect(connects(read)).toEqual(meant(given));
        expect(read).toMatchObject({
          name: "paris",
          server: given.server.replace(/\/+$/, ""),
          project: scoped.project ?? "",
          namespaces: scoped.namespaces ?? [],
          clusterResources: scoped.clusterResources ?? false,
        });
        expect(read.shard).toBe(scoped.shard);
      }),
    );
  });

  it("and when Argo CD writes it back, nothing differs by a byte", () => {
    fc.assert(
      fc.property(connection, scope, (given, scoped) => {
        const [secret] = argocd.entry({ ...reachable({ name: "paris" }), connection: given }, { ...options, ...scoped });
        expect(textsOf({ data: rewritten(readSecret(secret!)) })).toEqual(textsOf(secret!));
      }),
    );
  });

  const golden = new URL("__golden__/", import.meta.url);
  it.each(readdirSync(golden))("as %s shows it", (file) => {
    for (const each of readFileSync(new URL(file, golden), "utf8").split("---\n").filter(Boolean)) {
      const secret = parse(each) as KubeObject & { readonly data: Readonly<Record<string, string>> };
      expect(connects(readSecret({ ...secret, data: secretData(secret.data) }))).toMatchObject({ host: secret.data["server"] });
      expect(secret.metadata.labels?.["argocd.argoproj.io/secret-type"]).toBe("cluster");
    }
  });
});

describe("two configs are taken for the same", () => {
  const same = argocd.same!["config"]!;
  const name = fc.constantFrom(
    "bearerToken",
    "BearerToken",
    "tlsClientConfig",
    "insecure",
    "caData",
    "execProviderConfig",
    "env",
    "args",
    "x",
  );
  const text: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("null", "true", "false", '""', '"a"', '"LS0tLQ=="', '"LS0t\\nLQ=="', "7", "[]", '["a",null]', "[45]", " {} "),
      tie("object"),
    ),
    object: fc
      .array(fc.tuple(name, tie("value")), { maxLength: 4 })
      .map((members) => `{${members.map(([key, value]) => `"${key}": ${value}`).join(",")}}`),
  })).object;

  it("only when Argo CD reads the same from both, or cannot read either", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 20 }), (texts) => {
        const meanings = new Map<string, string>();
        for (const each of texts) {
          const reading = outcome(each);
          const known = meanings.get(same(each)) ?? reading;
          expect(reading).toBe(known);
          meanings.set(same(each), known);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("when one is the other as Argo CD writes it", () => {
    fc.assert(
      fc.property(text, (each) => {
        const reading = outcome(each);
        // Nobody writes bytes as a list of numbers; such a text stays as it is, and so does one that says a thing twice.
        fc.pre(reading !== "unreadable" && !saysTwice(each) && !each.includes('"caData": ['));
        expect(same(marshalled(readConfig(each)))).toBe(same(each));
      }),
      { numRuns: 300 },
    );
  });

  it("when one is spelled in another case, order and spacing, with more that means nothing", () => {
    const config = { bearerToken: "s3cret", tlsClientConfig: { serverName: "x", caData: "LS0tLQ==" }, disableCompression: true };
    const shuffled = fc.shuffledSubarray(Object.entries(config), { minLength: 3 });
    const spacing = fc.constantFrom("", " ", "\n\t");
    fc.assert(
      fc.property(shuffled, fc.boolean(), spacing, fc.jsonValue({ maxDepth: 1 }), (members, upper, space, later) => {
        const more = {
          ...Object.fromEntries(members.map(([k, v]) => [upper ? k.toUpperCase() : k, v])),
          later,
          username: null,
          password: "",
        };
        expect(same(`${space}${JSON.stringify(more, undefined, space.trim() === "" ? space : " ")}${space}`)).toBe(
          same(JSON.stringify(config)),
        );
      }),
    );
  });

  function outcome(config: string): string {
    try {
      return JSON.stringify(readConfig(config));
    } catch {
      // Argo CD can read neither of two such texts, but they are two.
      return "unreadable";
    }
  }

  function saysTwice(config: string): boolean {
    const said = (node: Node): boolean => {
      if (node.is === "list") return node.items.some(said);
      if (node.is !== "object") return false;
      const keys = node.members.map(([name]) => name.toLowerCase());
      return new Set(keys).size < keys.length || node.members.some(([, value]) => said(value));
    };
    return said(readJson(config));
  }
});

describe("the reader of these tests reads as Go does", () => {
  it.each([
    { when: "a key in another case", text: '{"BEARERTOKEN":"a"}', read: { bearerToken: "a" } },
    {
      when: "a key that folds to ours",
      text: '{"bearerTo\u212aen":"a","tl\u017fClientConfig":{"insecure":true}}',
      read: { bearerToken: "a", tls: { insecure: true } },
    },
    { when: "the last of two", text: '{"bearerToken":"a","BearerToken":"b","bearerToken":"c"}', read: { bearerToken: "c" } },
    { when: "null as nothing said", text: '{"bearerToken":"a","bearerToken":null,"tlsClientConfig":null}', read: { bearerToken: "a" } },
    { when: "null as no plugin", text: '{"execProviderConfig":{"command":"a"},"execProviderConfig":null}', read: {} },
    {
      when: "two objects as one",
      text: '{"tlsClientConfig":{"insecure":true},"tlsClientConfig":{"serverName":"x"}}',
      read: { tls: { insecure: true, serverName: "x" } },
    },
    {
      when: "two environments as one, and two lists as the last",
      text: '{"execProviderConfig":{"env":{"A":"1"},"args":["a","b"]},"execProviderConfig":{"env":{"B":null},"args":["c"]}}',
      read: { exec: { env: { A: "1", B: "" }, args: ["c"] } },
    },
    { when: "base64 with line breaks", text: '{"tlsClientConfig":{"caData":"LS0t\\r\\nLQ=="}}', read: { tls: { caData: "LS0tLQ==" } } },
    { when: "bytes as numbers", text: '{"tlsClientConfig":{"caData":[45,45,45,45]}}', read: { tls: { caData: "LS0tLQ==" } } },
    { when: "fields that it does not know", text: '{"later":[{"deep":1}]}', read: {} },
    { when: "an empty key", text: "", read: {} },
  ])("$when", ({ text, read }) => expect(readConfig(text)).toEqual(config(read)));

  it.each([
    " ",
    "[]",
    "{} {}",
    "\ufeff{}",
    "{'a':1}",
    '{"tlsClientConfig":{"insecure":"false"}}',
    '{"bearerToken":7}',
    '{"execProviderConfig":{"env":[]}}',
    '{"tlsClientConfig":{"caData":"-_=="}}',
    '{"tlsClientConfig":{"caData":"LS0tLQ"}}',
    '{"tlsClientConfig":{"caData":[256]}}',
  ])("refuses %j", (text) => expect(() => readConfig(text)).toThrow(Error));

  it.each([
    { when: "a CA beside insecure", read: { tls: { insecure: true, caData: btoa(ca) } } },
    { when: "a password beside a token", read: { username: "a", password: "b", bearerToken: "c" } },
    { when: "a proxy of another kind", read: { proxyUrl: "socks5h://p.test" } },
    { when: "a plugin of another version", read: { exec: { command: "a", apiVersion: "client.authentication.k8s.io/v1alpha1" } } },
    { when: "a CA that is none", read: { tls: { caData: btoa("x") } } },
    { when: "a certificate without its key", read: { tls: { certData: btoa(ca), keyData: btoa("x") } } },
  ])("connects nowhere with $when", ({ read }) => {
    const cluster = { name: "", server: "https://a.test", project: "", namespaces: [], clusterResources: false, config: config(read) };
    expect(() => connects(cluster)).toThrow(Error);
  });
});

// ---- a Secret, as Argo CD reads it

interface ReadCluster {
  readonly name: string;
  readonly server: string;
  readonly project: string;
  readonly shard?: number;
  readonly namespaces: readonly string[];
  readonly clusterResources: boolean;
  readonly config: ReadConfig;
}

interface ReadConfig {
  username: string;
  password: string;
  bearerToken: string;
  tls: { insecure: boolean; serverName: string; certData: string; keyData: string; caData: string };
  aws?: { clusterName: string; roleARN: string; profile: string };
  exec?: ReadPlugin;
  disableCompression: boolean;
  proxyUrl: string;
}

interface ReadPlugin {
  command: string;
  args: string[];
  env: Record<string, string>;
  apiVersion: string;
  installHint: string;
  provideClusterInfo: boolean;
  config?: string;
}

function textsOf({ data = {} }: Pick<KubeObject, "data">): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, fromBase64(value)!]));
}

function readSecret(secret: KubeObject): ReadCluster {
  const { name = "", server = "", project = "", shard, namespaces = "", clusterResources, config = "" } = textsOf(secret);
  return {
    name,
    server: server.replace(/\/+$/, ""),
    project,
    ...(shard !== undefined && /^[-+]?\d+$/.test(shard) && { shard: Number(shard) }),
    namespaces: namespaces.split(",").flatMap((each) => each.trim() || []),
    clusterResources: clusterResources === "true",
    config: readConfig(config),
  };
}

function config({ tls, exec, ...rest }: { tls?: object; exec?: object } & Partial<Omit<ReadConfig, "tls" | "exec">>): ReadConfig {
  return {
    username: "",
    password: "",
    bearerToken: "",
    disableCompression: false,
    proxyUrl: "",
    ...rest,
    tls: { insecure: false, serverName: "", certData: "", keyData: "", caData: "", ...tls },
    ...(exec && { exec: { ...emptyPlugin(), ...exec } }),
  };
}

function emptyPlugin(): ReadPlugin {
  return { command: "", args: [], env: {}, apiVersion: "", installHint: "", provideClusterInfo: false };
}

function readConfig(text: string): ReadConfig {
  const read = config({});
  if (text === "") return read;
  readInto(readJson(text), {
    username: (node) => (read.username = textOf(node, read.username)),
    password: (node) => (read.password = textOf(node, read.password)),
    bearerToken: (node) => (read.bearerToken = textOf(node, read.bearerToken)),
    tlsClientConfig: (node) =>
      readInto(node, {
        insecure: (each) => (read.tls.insecure = flagOf(each, read.tls.insecure)),
        serverName: (each) => (read.tls.serverName = textOf(each, read.tls.serverName)),
        certData: (each) => (read.tls.certData = bytesOf(each)),
        keyData: (each) => (read.tls.keyData = bytesOf(each)),
        caData: (each) => (read.tls.caData = bytesOf(each)),
      }),
    awsAuthConfig(node) {
      if (node.is === "null") return delete read.aws;
      const aws = (read.aws ??= { clusterName: "", roleARN: "", profile: "" });
      return readInto(node, {
        clusterName: (each) => (aws.clusterName = textOf(each, aws.clusterName)),
        roleARN: (each) => (aws.roleARN = textOf(each, aws.roleARN)),
        profile: (each) => (aws.profile = textOf(each, aws.profile)),
      });
    },
    execProviderConfig(node) {
      if (node.is === "null") return delete read.exec;
      const exec = (read.exec ??= emptyPlugin());
      return readInto(node, {
        command: (each) => (exec.command = textOf(each, exec.command)),
        args: (each) => (exec.args = textsIn(each, exec.args)),
        env: (each) => (exec.env = each.is === "null" ? {} : { ...exec.env, ...textsByName(each) }),
        apiVersion: (each) => (exec.apiVersion = textOf(each, exec.apiVersion)),
        installHint: (each) => (exec.installHint = textOf(each, exec.installHint)),
        provideClusterInfo: (each) => (exec.provideClusterInfo = flagOf(each, exec.provideClusterInfo)),
        config: (each) => (each.is === "null" ? delete exec.config : (exec.config = each.raw)),
      });
    },
    disableCompression: (node) => (read.disableCompression = flagOf(node, read.disableCompression)),
    proxyUrl: (node) => (read.proxyUrl = textOf(node, read.proxyUrl)),
  });
  return read;
}

function readInto(node: Node, fields: Readonly<Record<string, (value: Node) => unknown>>): void {
  if (node.is === "null") return;
  if (node.is !== "object") throw new Error("cannot unmarshal into a struct");
  const fold = (text: string) => text.replaceAll("\u212a", "k").replaceAll("\u017f", "s").toLowerCase();
  for (const [name, value] of node.members) {
    const field = Object.keys(fields).find((each) => fold(each) === fold(name));
    if (field !== undefined) fields[field]!(value);
  }
}

function textOf(node: Node, before: string = ""): string {
  if (node.is === "null") return before;
  if (node.is !== "text") throw new Error("cannot unmarshal into a string");
  return node.text;
}

function flagOf(node: Node, before: boolean): boolean {
  if (node.is === "null") return before;
  if (node.is !== "other" || !["true", "false"].includes(node.raw)) throw new Error("cannot unmarshal into a bool");
  return node.raw === "true";
}

function bytesOf(node: Node): string {
  if (node.is === "null") return "";
  if (node.is === "list") {
    const bytes = node.items.map((each) => (each.is === "null" ? 0 : Number(each.raw)));
    if (bytes.some((each) => !Number.isInteger(each) || each < 0 || each > 255)) throw new Error("cannot unmarshal into bytes");
    return Buffer.from(bytes).toString("base64");
  }
  const text = textOf(node).replaceAll(/[\r\n]/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 > 0) throw new Error("illegal base64 data");
  return Buffer.from(text, "base64").toString("base64");
}

function textsIn(node: Node, before: readonly string[]): string[] {
  if (node.is === "null") return [];
  if (node.is !== "list") throw new Error("cannot unmarshal into a list");
  return node.items.map((each, at) => textOf(each, before[at]));
}

function textsByName(node: Node): Record<string, string> {
  if (node.is !== "object") throw new Error("cannot unmarshal into a map");
  return Object.fromEntries(node.members.map(([name, value]) => [name, textOf(value)]));
}

// ---- JSON as Go sees it, where an object is its members in order and a key may come twice

type Node = { readonly raw: string } & (
  | { readonly is: "object"; readonly members: readonly (readonly [string, Node])[] }
  | { readonly is: "list"; readonly items: readonly Node[] }
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "null" | "other" }
);

function readJson(json: string): Node {
  const tokens = [...json.matchAll(/[ \t\r\n]+|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[a-z]+|[\s\S]/g)]
    .map(([token]) => token)
    .filter((token) => !/^[ \t\r\n]+$/.test(token));
  let at = 0;
  const node = value();
  if (at < tokens.length) throw new Error("invalid character after top-level value");
  return node;

  function value(): Node {
    const from = at;
    const token = tokens[at++];
    const raw = () => tokens.slice(from, at).join("");
    if (token === "{") return { is: "object", members: all("}", () => [textOf(value()), (take(":"), value())] as const), raw: raw() };
    if (token === "[") return { is: "list", items: all("]", value), raw: raw() };
    if (token?.startsWith('"')) return { is: "text", text: (JSON.parse(token) as string).toWellFormed(), raw: token };
    if (token === undefined || JSON.parse(token) === undefined) throw new Error("unexpected end of JSON input");
    return { is: token === "null" ? "null" : "other", raw: token };
  }

  function all<T>(end: string, each: () => T): readonly T[] {
    const found: T[] = [];
    while (tokens[at] !== end) {
      if (found.length > 0) take(",");
      found.push(each());
    }
    at += 1;
    return found;
  }

  function take(token: string): void {
    if (tokens[at++] !== token) throw new Error(`invalid character, expected ${token}`);
  }
}

// ---- how Argo CD connects, and what client-go refuses

interface Connects {
  readonly host: string;
  readonly tls: {
    readonly insecure: boolean;
    readonly serverName: string;
    readonly ca: string;
    readonly certificate: string;
    readonly key: string;
  };
  readonly proxy: string;
  readonly disableCompression: boolean;
  readonly token: string;
  readonly plugin?: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: object;
    readonly version: string;
    readonly hint: string;
    readonly cluster?: unknown;
  };
}

function connects({ server, config: { tls, aws, exec, ...config } }: ReadCluster): Connects {
  const { username, password, bearerToken, proxyUrl, disableCompression } = config;
  if (URL.parse(server) === null || /\s/.test(server)) throw new Error("host must be a URL");
  const [caText, certificate, keyText] = [tls.caData, tls.certData, tls.keyData].map((each) => Buffer.from(each, "base64").toString());
  if (tls.insecure && caText) throw new Error("specifying a root certificates file with the insecure flag is not allowed");
  if (caText && !caText.includes("-----BEGIN CERTIFICATE-----")) throw new Error("unable to load root certificates");
  if (certificate && keyText && !/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(keyText)) throw new Error("failed to find PEM block");
  if (!aws && !exec && (username || password) && bearerToken) throw new Error("username/password or bearer token may be set, but not both");
  if (proxyUrl && !["http:", "https:", "socks5:"].includes(new URL(proxyUrl).protocol)) throw new Error("unsupported scheme");
  const plugin = aws
    ? cloud([
        "aws",
        "--cluster-name",
        aws.clusterName,
        ...(aws.roleARN ? ["--role-arn", aws.roleARN] : []),
        ...(aws.profile ? ["--profile", aws.profile] : []),
      ])
    : exec;
  if (plugin && ![v1, `${v1}beta1`].includes(plugin.apiVersion)) throw new Error("exec plugin: invalid apiVersion");
  return {
    host: server,
    tls: { insecure: tls.insecure, serverName: tls.serverName, ca: caText!, certificate: certificate!, key: keyText! },
    proxy: proxyUrl,
    disableCompression,
    token: plugin ? "" : bearerToken,
    ...(plugin && {
      plugin: {
        command: plugin.command,
        args: plugin.args,
        env: plugin.env,
        version: plugin.apiVersion,
        hint: plugin.installHint,
        ...(plugin.provideClusterInfo && { cluster: plugin.config === undefined ? undefined : (JSON.parse(plugin.config) as unknown) }),
      },
    }),
  };
}

function cloud(args: string[]): ReadPlugin {
  return { ...emptyPlugin(), command: "argocd-k8s-auth", args, apiVersion: `${v1}beta1` };
}

// ---- what the adapter was told

function meant(connection: Connection): Connects {
  const { server, login, ca: authority = "", tlsName = "", proxy = "", insecure } = connection;
  const credential = login.kind === "credential" ? login : undefined;
  const plugin = pluginMeant(login);
  return {
    host: server.replace(/\/+$/, ""),
    tls: {
      insecure: insecure === true && authority === "",
      serverName: tlsName,
      ca: authority,
      certificate: credential?.clientCertificate?.certificate ?? "",
      key: credential?.clientCertificate?.key.reveal() ?? "",
    },
    proxy,
    disableCompression: connection.disableCompression === true,
    token: credential?.token?.reveal() ?? "",
    ...(plugin && { plugin }),
  };
}

function pluginMeant(login: Connection["login"]): Connects["plugin"] {
  const helper = (args: readonly string[], env: object = {}) => ({
    command: "argocd-k8s-auth",
    args,
    env,
    version: `${v1}beta1`,
    hint: "",
  });
  switch (login.kind) {
    case "exec": {
      const { command, args, env, apiVersion: version, installHint: hint = "", provideClusterInfo, config } = login;
      // A plugin that is told null is told nothing.
      return { command, args, env, version, hint, ...(provideClusterInfo && { cluster: config ?? undefined }) };
    }
    case "gcp":
      return helper(["gcp"]);
    case "azure":
      return helper(["azure"], login.env);
    case "aws": {
      const { clusterName, roleArn, profile } = login;
      return helper([
        "aws",
        "--cluster-name",
        clusterName,
        ...(roleArn ? ["--role-arn", roleArn] : []),
        ...(profile ? ["--profile", profile] : []),
      ]);
    }
    case "credential":
      return undefined;
  }
}

// ---- what Argo CD writes back, in the spelling of Go's encoding/json

function rewritten({ name, server, project, shard, namespaces, clusterResources, config }: ReadCluster): Record<string, string> {
  return secretData({
    server,
    name: name || server,
    ...(namespaces.length > 0 && { namespaces: namespaces.join(",") }),
    config: marshalled(config),
    ...(shard !== undefined && { shard: String(shard) }),
    ...(clusterResources && { clusterResources: "true" }),
    ...(project && { project }),
  });
}

function marshalled({ tls, aws, exec, username, password, bearerToken, disableCompression, proxyUrl }: ReadConfig): string {
  const { insecure, ...trust } = tls;
  const members = [
    ...Object.entries(filledIn({ username, password, bearerToken })),
    ["tlsClientConfig", { insecure, ...filledIn(trust) }],
    ...(aws ? [["awsAuthConfig", filledIn({ clusterName: aws.clusterName, roleARN: aws.roleARN, profile: aws.profile })]] : []),
    ...(exec ? [["execProviderConfig", exec]] : []),
    ...Object.entries(filledIn({ disableCompression, proxyUrl })),
  ] as [string, unknown][];
  const spelled = members.map(([name, value]) => `"${name}":${name === "execProviderConfig" ? plugin(exec!) : JSON.stringify(value)}`);
  return `{${spelled.join(",")}}`.replaceAll(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

  function plugin({ command, args, env, apiVersion, installHint, provideClusterInfo, config }: ReadPlugin): string {
    const variables = Object.entries(env).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const parts = [
      command && `"command":${JSON.stringify(command)}`,
      args.length > 0 && `"args":${JSON.stringify(args)}`,
      variables.length > 0 && `"env":{${variables.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`,
      apiVersion && `"apiVersion":${JSON.stringify(apiVersion)}`,
      installHint && `"installHint":${JSON.stringify(installHint)}`,
      provideClusterInfo && '"provideClusterInfo":true',
      config !== undefined && `"config":${config}`,
    ];
    return `{${parts.filter(Boolean).join(",")}}`;
  }
}

/** Without what Go's omitempty leaves out. */
function filledIn(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => Boolean(value)));
}
