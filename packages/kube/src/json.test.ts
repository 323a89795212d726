import { describe, expect, it } from "vitest";
import { parseJson } from "./json.ts";

const told = (extension: string) => `{"extensions":[{"name":"client.authentication.k8s.io/exec","extension":${extension}}],"generation":7}`;

describe("JSON of a profile", () => {
  it.each([
    ["9007199254740993", 9007199254740993n],
    ["-9223372036854775808", -9223372036854775808n],
    ["9007199254740991", 9007199254740991],
    ["18446744073709551616000", 18446744073709551616000],
    ["1e300", 1e300],
    ["0.1234567890123456789", Number("0.1234567890123456789")],
  ])("tells a plugin %s as it was written, where 64 bits hold it", (number, value) => {
    expect(parseJson(told(`{"id": ${number}}`))).toMatchObject({ extensions: [{ extension: { id: value } }], generation: 7 });
    expect(parseJson(told(`[${number},"${number}"]`))).toMatchObject({ extensions: [{ extension: [value, number] }] });
  });

  it("keeps every key, whatever its name", () => {
    const { extensions } = parseJson(told('{"__proto__":{"a":9007199254740993}}')) as { extensions: readonly { extension: object }[] };
    expect(Object.entries(extensions[0]!.extension)).toEqual([["__proto__", { a: 9007199254740993n }]]);
  });

  it("without words to a plugin is read as always", () => {
    expect(parseJson('{"id":9007199254740993}')).toEqual({ id: 9007199254740992 });
    expect(() => parseJson("{")).toThrow(SyntaxError);
  });

  it("is read although one cluster's words are nested thousands deep, so that no profile can keep all others from being seen", () => {
    const deep = `${'{"a":['.repeat(100_000)}9007199254740993${"]}".repeat(100_000)}`;
    expect(parseJson(told(deep))).toMatchObject({ generation: 7 });
  });
});
