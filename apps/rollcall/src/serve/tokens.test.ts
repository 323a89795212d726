import { describe, expect, it } from "vitest";
import { isRefusal } from "@rollcall/contract";
import { presented, tokensIn } from "./tokens.ts";

const good = "6f1b8a6c0d3e4f52a7c9";
const other = "zQ+/=_-.~9c55b0a84f33";

describe("a file with tokens", () => {
  it.each([
    { when: "one line", text: `${good}\n`, tokens: [good] },
    { when: "no line end", text: good, tokens: [good] },
    { when: "two lines, while one takes the other's place", text: `${good}\n${other}\n`, tokens: [good, other] },
    { when: "lines as Windows ends them, and empty ones", text: `\r\n${good}\r\n\r\n`, tokens: [good] },
  ])("is read with $when", ({ text, tokens }) => expect(tokensIn(text)).toEqual(tokens));

  it.each([
    { when: "nothing", text: "", says: "no token" },
    { when: "empty lines alone", text: "\n \n", says: "no token" },
    { when: "three lines", text: `${good}\n${other}\n${good}x`, says: "3 lines" },
    { when: "a short one", text: "6f1b8a6c0d3e4f5", says: "shorter than 16" },
    { when: "a short one beside a good one", text: `${good}\n0d3e4f5`, says: "shorter than 16" },
    { when: "a space within", text: "6f1b8a6c 0d3e4f52a7c9", says: "whitespace" },
    { when: "a tab within", text: "6f1b8a6c\t0d3e4f52a7c9", says: "whitespace" },
    { when: "a letter that no header carries", text: "6f1b8a6c0d3e4f52a7cé", says: "no header carries" },
    { when: "the name of Argo CD's key", text: "$rollcall:token-of-argocd", says: 'begins with "$"' },
    { when: "a well-known word", text: "changeme", says: "shorter than 16" },
    { when: "well-known words in a row", text: "ChangeMe-Password-123", says: "anybody would guess" },
    { when: "what the printed manifests hold", text: "PUT-THE-TOKEN-HERE", says: "anybody would guess" },
    { when: "one character again and again", text: "aaaaaaaaaaaaaaaaaaaaaaaa", says: "anybody would guess" },
    { when: "a whole book", text: "6f1b8a6c0d3e4f52".repeat(300), says: "longer than 4096" },
  ])("is refused with $when, and what stands there is not said", ({ text, says }) => {
    const refusal = tokensIn(text);
    expect(isRefusal(refusal) && refusal.message).toContain(says);
    for (const line of text.split("\n").filter((each) => each.trim().length > 3))
      expect(JSON.stringify(refusal)).not.toContain(line.trim());
  });
});

describe("the header of whoever asks", () => {
  it.each([
    { header: `Bearer ${good}`, token: good },
    { header: `bearer  ${good}`, token: good },
    { header: `Basic ${good}`, token: undefined },
    { header: `Bearer ${good} ${good}`, token: undefined },
    { header: "", token: undefined },
    { header: undefined, token: undefined },
  ])("$header", ({ header, token }) => expect(presented(header)).toBe(token));

  it("that carries the name of Argo CD's key is told so", () => {
    expect(presented("Bearer $rollcall:token")).toMatchObject({ reason: "NoSuchKey" });
  });
});
