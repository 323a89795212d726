import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfToken } from "./token-end.ts";

const part = (value: unknown): string => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const jwt = (claims: unknown): string => `${part({ alg: "RS256" })}.${part(claims)}.c2lnbmVk`;

describe("the end of a token", () => {
  it("is what a JWT says", () => {
    expect(endOfToken(jwt({ exp: 1_800_000_000, iss: "kubernetes/serviceaccount" }))).toBe("2027-01-15T08:00:00.000Z");
    expect(endOfToken(jwt({ exp: 1_800_000_000.5 }))).toBe("2027-01-15T08:00:00.500Z");
    expect(endOfToken(jwt({ exp: -1 }))).toBe("1969-12-31T23:59:59.000Z");
  });

  it.each([
    ["an opaque token", "abcdef.0123456789abcdef"],
    ["an encrypted one", "a.b.c.d.e"],
    ["one without an end", jwt({ sub: "argocd" })],
    ["one whose end is a text", jwt({ exp: "1800000000" })],
    ["one whose end is nothing", jwt({ exp: null })],
    ["one that ends after all time", jwt('{"exp":1e300}')],
    ["one that ends beyond every number", jwt('{"exp":1e999}')],
    ["one that inherits its end", jwt('{"__proto__":{"exp":1800000000}}')],
    ["one whose claims are no object", jwt("7")],
    ["one whose claims are nothing", jwt("null")],
    ["one whose claims are no JSON", jwt("{exp:1}")],
    ["one whose claims are nested without end", jwt("[".repeat(40_000))],
    ["one whose claims are no base64", `a.${part({ exp: 1 })}=.b`],
    ["one without a signature", `a.${part({ exp: 1 })}.`],
  ])("is not known of %s", (_, token) => {
    expect(endOfToken(token)).toBeUndefined();
  });

  it("never is an exception", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc.json().map(jwt),
      fc.array(fc.string()).map((parts) => parts.join(".")),
    );
    fc.assert(
      fc.property(text, (token) => {
        expect(endOfToken(token) ?? "2027-01-15T08:00:00.000Z").toMatch(/Z$/);
      }),
      { numRuns: 2000 },
    );
  });
});
