import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import {
  bounded,
  canonicalJson,
  digestOf,
  endpointHash,
  fromBase64,
  Hidden,
  isCertificates,
  nameFrom,
  objectName,
  sameServer,
  sha256,
  toBase64,
} from "./index.ts";

describe("sha256", () => {
  it("agrees with the runtime's on any text", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300, unit: "binary" }),
        (text) => sha256(text) === createHash("sha256").update(text).digest("hex"),
      ),
    );
  });

  it("pads right where a block ends", () => {
    for (const length of [0, 55, 56, 63, 64, 65, 119, 120, 128]) {
      const text = "a".repeat(length);
      expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
    }
  });
});

describe("names", () => {
  it("keeps two clusters apart whose namespace and name join alike", () => {
    expect(objectName({ namespace: "a-b", name: "c" })).not.toBe(objectName({ namespace: "a", name: "b-c" }));
  });

  it("cuts long names to the limit without making two of them one", () => {
    const [one, two] = ["x".repeat(260), `${"x".repeat(259)}y`].map((name) => objectName({ namespace: "fleet", name }));
    expect(one).toHaveLength(253);
    expect(one).not.toBe(two);
    expect(bounded("a.-bcdefghijklmnop", 13)).toMatch(/^a-[0-9a-f]{10}$/);
  });

  it("fills a template", () => {
    expect(nameFrom("{namespace}.{name}", { namespace: "fleet", name: "paris" })).toBe("fleet.paris");
  });
});

describe("endpoints", () => {
  it.each([
    ["https://API.Example.test:443/", "https://api.example.test"],
    ["https://api.example.test/k8s/clusters/c-1/", "https://api.example.test/k8s/clusters/c-1"],
    ["https://[2001:DB8::7]:6443/", "https://[2001:db8::7]:6443"],
    ["https://hub.test.:6443", "https://hub.test:6443"],
  ])("%s is the same server as %s", (one, other) => expect(sameServer(one)).toBe(sameServer(other)));

  it("keeps path and query apart", () => {
    expect(sameServer("https://a.test/x")).not.toBe(sameServer("https://a.test/y"));
    expect(sameServer("https://a.test/?agentName=x")).not.toBe(sameServer("https://a.test/?agentName=y"));
  });

  it("hashes the CA by its content, not by its line ends", () => {
    const server = "https://a.test";
    expect(endpointHash({ server, ca: "one\r\ntwo\n" })).toBe(endpointHash({ server: `${server}/`, ca: "one\ntwo" }));
    expect(endpointHash({ server })).not.toBe(endpointHash({ server, ca: "one" }));
  });

  it("tells a CA that was replaced from the one before it, however often they take turns", () => {
    const server = "https://turns.test";
    const [one, two] = ["one", "two"].map((ca) => endpointHash({ server, ca }));
    for (let at = 0; at < 600; at += 1) endpointHash({ server: `https://${at}.test`, ca: "one" });
    expect(["two", "one", "one", "two"].map((ca) => endpointHash({ server, ca }))).toEqual([two, one, one, two]);
    expect(one).not.toBe(two);
  });

  it("gives a plan one digest whatever its order", () => {
    expect(digestOf(["a", "b"])).toBe(digestOf(["b", "a"]));
    expect(digestOf(["a"])).not.toBe(digestOf(["a", "b"]));
  });
});

describe("certificates", () => {
  const body = toBase64(`\u0030\u0042${"x".repeat(66)}`);
  const pem = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;

  it("takes one or more certificates, whatever the line ends", () => {
    expect(isCertificates(pem("CERTIFICATE", body))).toBe(true);
    expect(isCertificates((pem("CERTIFICATE", body) + pem("CERTIFICATE", body)).replaceAll("\n", "\r\n"))).toBe(true);
  });

  it("takes one whose length needs bytes of its own, and no other length", () => {
    const long = (size: string) => pem("CERTIFICATE", btoa(`\u0030\u0082${size}${"x".repeat(300)}`));
    expect(isCertificates(long("\u0001\u002c"))).toBe(true);
    expect(isCertificates(long("\u0001\u002d"))).toBe(false);
  });

  it.each([
    ["plain text", "not a certificate"],
    ["a key", pem("PRIVATE KEY", body)],
    ["a certificate with a key beside it", pem("CERTIFICATE", body) + pem("PRIVATE KEY", body)],
    ["a header and nothing else", "-----BEGIN CERTIFICATE-----\n"],
    ["a certificate that was cut", pem("CERTIFICATE", body.slice(0, 40))],
    ["a certificate encoded twice", toBase64(pem("CERTIFICATE", body))],
  ])("refuses %s", (_, text) => expect(isCertificates(text)).toBe(false));
});

describe("small words", () => {
  it("sorts keys at every depth and drops what is undefined", () => {
    expect(canonicalJson({ b: 1, a: { d: [{ f: 1, e: undefined }], c: null } })).toBe('{"a":{"c":null,"d":[{"f":1}]},"b":1}');
  });

  it("writes every digit of a number that outgrows a double", () => {
    expect(canonicalJson({ a: [9007199254740993n] })).toBe('{"a":[9007199254740993]}');
  });

  it("brings any text through base64 and refuses what is none", () => {
    expect(fromBase64(toBase64("Zürich 東京"))).toBe("Zürich 東京");
    expect(fromBase64(toBase64("\uFEFF{}"))).toBe("\uFEFF{}");
    expect(fromBase64("%%%")).toBeUndefined();
    expect(fromBase64("/w==")).toBeUndefined();
  });

  it("spells base64 as Node does, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
        const encoded = toBase64(text);
        expect(encoded).toBe(Buffer.from(text).toString("base64"));
        expect(fromBase64(encoded)).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it("never shows what is hidden", () => {
    const token = new Hidden("s3cret");
    expect(`${token.toString()} ${JSON.stringify({ token })} ${inspect({ token })}`).not.toContain("s3cret");
    expect(token.reveal()).toBe("s3cret");
  });
});
