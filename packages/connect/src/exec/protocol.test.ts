import { isRefusal, toBase64 } from "@rollcall/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selfSigned } from "./certificate.test.helper.ts";
import { execInfo, type Given, readAnswer } from "./protocol.ts";

const v1 = "client.authentication.k8s.io/v1";
const now = Date.parse("2026-05-01T12:00:00Z");
const own = selfSigned("2020-01-01", "2026-05-20");
const other = selfSigned("2020-01-01", "2026-05-20");

const answer = (status: unknown, more: object = {}): string => JSON.stringify({ apiVersion: v1, kind: "ExecCredential", status, ...more });
const read = (text: string, more: object = {}) => readAnswer(text, { apiVersion: v1, now, ...more });

function shown(given: Given): object {
  const { token, clientCertificate, expiresAt } = given;
  return { token: token?.reveal(), key: clientCertificate?.key.reveal(), expiresAt };
}

describe("a plugin is told", () => {
  it("nothing of the cluster unless that is wanted, and never to ask anybody", () => {
    expect(JSON.parse(execInfo(v1))).toEqual({ apiVersion: v1, kind: "ExecCredential", spec: { interactive: false } });
  });

  it("all of the cluster, in the words of Kubernetes", () => {
    const endpoint = {
      server: "https://paris.test/x?y=z",
      ca: "PEM\n",
      tlsName: "kubernetes",
      proxy: "socks5://p.test",
      disableCompression: true,
    } as const;
    const told = JSON.parse(execInfo("client.authentication.k8s.io/v1beta1", { ...endpoint, config: { clusterName: "paris" } })) as unknown;
    expect(told).toEqual({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      kind: "ExecCredential",
      spec: {
        cluster: {
          server: "https://paris.test/x?y=z",
          "tls-server-name": "kubernetes",
          "certificate-authority-data": toBase64("PEM\n"),
          "proxy-url": "socks5://p.test",
          "disable-compression": true,
          config: { clusterName: "paris" },
        },
        interactive: false,
      },
    });
    expect(JSON.parse(execInfo(v1, { server: "https://a", insecure: true }))).toMatchObject({
      spec: { cluster: { server: "https://a", "insecure-skip-tls-verify": true } },
    });
    expect(execInfo(v1, { server: "https://a" })).not.toContain("null");
  });

  it("numbers of the profile with every digit", () => {
    expect(execInfo(v1, { server: "https://a", config: { id: 9007199254740993n } })).toContain('"config":{"id":9007199254740993}');
  });

  it("the extension of the profile as it stands there", () => {
    const config = JSON.parse('{"__proto__":{"a":1},"toJSON":"x","big":9007199254740991,"deep":[{"b":null}]}') as unknown;
    expect(execInfo(v1, { server: "https://a", config })).toContain(
      '"config":{"__proto__":{"a":1},"big":9007199254740991,"deep":[{"b":null}],"toJSON":"x"}',
    );
  });
});

describe("an answer gives", () => {
  it.each<{ when: string; status: object; gives: object }>([
    { when: "a token", status: { token: "abc.def-_~+/=" }, gives: { token: "abc.def-_~+/=" } },
    {
      when: "a token and when it ends",
      status: { token: "t", expirationTimestamp: "2026-05-01T12:15:00Z" },
      gives: { token: "t", expiresAt: "2026-05-01T12:15:00.000Z" },
    },
    {
      when: "a time of another zone",
      status: { token: "t", expirationTimestamp: "2026-05-01T14:15:00.123456789+02:00" },
      gives: { token: "t", expiresAt: "2026-05-01T12:15:00.123Z" },
    },
    {
      when: "no time where none is said",
      status: { token: "t", expirationTimestamp: null, more: {} },
      gives: { token: "t", expiresAt: undefined },
    },
    {
      when: "30 days at most",
      status: { token: "t", expirationTimestamp: "2999-01-01T00:00:00Z" },
      gives: { token: "t", expiresAt: "2026-05-31T12:00:00.000Z" },
    },
    {
      when: "a certificate, which says itself when it ends",
      status: { clientCertificateData: own.certificate, clientKeyData: own.key },
      gives: { key: own.key, expiresAt: "2026-05-20T00:00:00.000Z" },
    },
    {
      when: "both, of which the first to end counts",
      status: {
        token: "t",
        clientCertificateData: own.certificate + other.certificate,
        clientKeyData: own.key,
        expirationTimestamp: "2026-05-02T00:00:00Z",
      },
      gives: { token: "t", key: own.key, expiresAt: "2026-05-02T00:00:00.000Z" },
    },
    {
      when: "a token beside an empty certificate",
      status: { token: "t", clientCertificateData: "", clientKeyData: null },
      gives: { token: "t", key: undefined },
    },
    { when: "a token of 64 KiB", status: { token: "t".repeat(65_536) }, gives: { token: "t".repeat(65_536) } },
  ])("$when", ({ status, gives }) => {
    const given = read(answer(status, { unknown: [], spec: { interactive: false } }));
    expect(isRefusal(given) ? given : shown(given)).toMatchObject(gives);
  });

  it("no longer life than the operator believes in", () => {
    const given = read(answer({ token: "t", expirationTimestamp: "2026-05-09T00:00:00Z" }), { longestLife: 3600_000 });
    expect(given).toMatchObject({ expiresAt: "2026-05-01T13:00:00.000Z" });
  });
});

describe("an answer is refused", () => {
  const marker = "canary-of-a-credential";

  it.each<{ when: string; text: string; why: string }>([
    { when: "nothing was printed", text: " \n", why: "is empty" },
    { when: "it is half", text: answer({ token: marker }).slice(0, -3), why: "is no JSON" },
    { when: "it is two", text: answer({ token: marker }).repeat(2), why: "is no JSON" },
    { when: "it is nested without end", text: "[".repeat(1_000_000), why: "is no JSON" },
    { when: "it is a list", text: `["${marker}"]`, why: "is no object" },
    {
      when: "it is of another version",
      text: answer({ token: marker }, { apiVersion: "client.authentication.k8s.io/v1beta1" }),
      why: "its apiVersion is client.authentication.k8s.io/v1beta1, asked for was client.authentication.k8s.io/v1",
    },
    { when: "its version is nobody's", text: answer({ token: marker }, { apiVersion: marker }), why: "its apiVersion is another" },
    { when: "it is of another kind", text: answer({ token: marker }, { kind: marker }), why: "kind" },
    { when: "it inherits its fields", text: `{"__proto__":${answer({ token: marker })}}`, why: "its apiVersion is another" },
    { when: "it has no status", text: answer(undefined), why: "its status is no object" },
    { when: "its status is a text", text: answer(marker), why: "its status is no object" },
    {
      when: "its status inherits a token",
      text: answer("STATUS").replace('"STATUS"', `{"__proto__":{"token":"${marker}"}}`),
      why: "neither a token nor a client certificate",
    },
    { when: "it holds nothing", text: answer({ token: "" }), why: "neither a token nor a client certificate" },
    { when: "its token is a number", text: answer({ token: 7 }), why: "its token is no text" },
    { when: "its token ends a line", text: answer({ token: `${marker}\n` }), why: "its token holds a character that no token has" },
    {
      when: "its token starts another header",
      text: answer({ token: `${marker}\r\nImpersonate-User: admin` }),
      why: "its token holds a character",
    },
    { when: "its token holds a space", text: answer({ token: `Bearer ${marker}` }), why: "its token holds a character" },
    { when: "its token is of another script", text: answer({ token: `${marker}ü` }), why: "its token holds a character" },
    { when: "its token has no end", text: answer({ token: marker + "t".repeat(65_536) }), why: "its token has more than 65536 characters" },
    { when: "its certificate has no key", text: answer({ token: marker, clientCertificateData: own.certificate }), why: "without a key" },
    { when: "its key has no certificate", text: answer({ token: marker, clientKeyData: own.key }), why: "without a certificate" },
    {
      when: "its certificate is none",
      text: answer({ clientCertificateData: marker, clientKeyData: own.key }),
      why: "no PEM of certificates",
    },
    {
      when: "its certificate is a key",
      text: answer({ clientCertificateData: own.key, clientKeyData: own.key }),
      why: "no PEM of certificates",
    },
    {
      when: "its certificate is only shaped like one",
      text: answer({
        clientCertificateData: `-----BEGIN CERTIFICATE-----\n${btoa(`\u0030\u0042${"x".repeat(66)}`)}\n-----END CERTIFICATE-----\n`,
        clientKeyData: own.key,
      }),
      why: "cannot be read",
    },
    {
      when: "its certificates have no end",
      text: answer({ clientCertificateData: own.certificate.repeat(21), clientKeyData: own.key }),
      why: "more than 20",
    },
    {
      when: "its certificate is large",
      text: answer({ clientCertificateData: own.certificate + " ".repeat(65_536), clientKeyData: own.key }),
      why: "more than 65536 characters",
    },
    {
      when: "its key is of another certificate",
      text: answer({ clientCertificateData: own.certificate, clientKeyData: other.key }),
      why: "belongs to another certificate",
    },
    {
      when: "it has two keys",
      text: answer({ clientCertificateData: own.certificate, clientKeyData: own.key + other.key }),
      why: "one private key",
    },
    {
      when: "its key is locked",
      text: answer({ clientCertificateData: own.certificate, clientKeyData: own.key.replaceAll("PRIVATE", "ENCRYPTED PRIVATE") }),
      why: "one private key",
    },
    { when: "its time is a number", text: answer({ token: marker, expirationTimestamp: now + 1 }), why: "RFC 3339" },
    { when: "its time is of another form", text: answer({ token: marker, expirationTimestamp: "Fri May 01 2026" }), why: "RFC 3339" },
    { when: "its time cannot be", text: answer({ token: marker, expirationTimestamp: "2026-13-01T00:00:00Z" }), why: "RFC 3339" },
  ])("when $when, without a word of it", ({ text, why }) => {
    const given = read(text);
    expect(given).toEqual({ reason: "PluginAnswer", message: expect.stringContaining(why) as string });
    expect(JSON.stringify(given)).not.toContain(marker);
  });

  it("when it has expired already, by its own word or by its certificate's", () => {
    const old = selfSigned("2020-01-01", "2026-04-30");
    const late = [
      { token: "t", expirationTimestamp: "2026-05-01T12:00:00Z" },
      { clientCertificateData: old.certificate, clientKeyData: old.key },
    ];
    for (const status of late) expect(read(answer(status))).toMatchObject({ reason: "PluginExpired" });
  });
});

describe("whatever a plugin prints", () => {
  it("is a credential that is safe in a header, or a refusal", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("", "t", own.certificate, own.key, "2027-01-01T00:00:00Z", "x\ny"),
    );
    const value = fc.oneof(text, fc.jsonValue());
    const status = fc.record(
      { token: value, clientCertificateData: value, clientKeyData: value, expirationTimestamp: value },
      { requiredKeys: [] },
    );
    const printed = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc.oneof(status, value).map((each) => answer(each)),
      fc.tuple(status, fc.nat(400)).map(([each, length]) => answer(each).slice(0, length)),
    );
    fc.assert(
      fc.property(printed, (text) => {
        const given = read(text);
        if (isRefusal(given)) return /^Plugin(?:Answer|Expired)$/.test(given.reason);
        const { token, expiresAt, clientCertificate } = given;
        const inTime = expiresAt === undefined || Date.parse(expiresAt) > now;
        return inTime && (token !== undefined || clientCertificate !== undefined) && /^[\x21-\x7e]*$/.test(token?.reveal() ?? "");
      }),
      { numRuns: 500 },
    );
  });
});
