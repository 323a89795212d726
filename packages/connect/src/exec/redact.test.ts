import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { piecesOf } from "./pieces.ts";
import { complaint, redact } from "./redact.ts";

describe("a complaint is shown without", () => {
  it.each([
    ["a token of a service account", "sent eyJhbGciOiJSUzI1NiIs.eyJzdWIiOiJhIn0.c2ln to it", "sent [hidden] to it"],
    ["half such a token", "sent eyJhbGciOiJSUzI1NiIs", "sent [hidden]"],
    ["what stands after a telling word", "token: abc, Password=x1 api_key='k-1'", "token: [hidden], Password=[hidden] api_key='[hidden]'"],
    ["a header", "Authorization: Bearer s3cr3t/+= with basic b64", "Authorization: Bearer [hidden] with basic [hidden]"],
    ["a key", "k: -----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIA\n-----END EC PRIVATE KEY----- was bad", "k: [hidden] was bad"],
    ["a key that was cut", "-----BEGIN PRIVATE KEY-----\nMHcCAQEEIA\nMHcC", "[hidden]"],
    ["a token of a cloud", "k8s-aws-v1.aHR0cHM6Ly9zdHM ya29.a0AfH6SMB AKIAIOSFODNN7EXAMPLE", "[hidden] [hidden] [hidden]"],
    ["a bootstrap token", "join 07401b.f395accd246ae52d", "join [hidden]"],
    ["anything long that nobody would type", "with Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFi1B", "with [hidden]"],
    ["who logs in at a URL", 'get "https://me:p%40ss/w@rd@hub.test:6443/api": no', 'get "https://[hidden]@hub.test:6443/api": no'],
    [
      "a name at a URL",
      "git+ssh://token@hub.test and me@hub.test, https://hub.test/a",
      "git+ssh://[hidden]@hub.test and me@hub.test, https://hub.test/a",
    ],
    ["control characters", "\u001b[31mred\u001b[0m \u0000a\u0007b\u202ec", "red abc"],
  ])("%s", (_, text, shown) => {
    expect(redact(text, [])).toBe(shown);
  });

  it("what was handed to the plugin, whole, by its lines, or as JSON spells it", () => {
    const secrets = ['pass"word', "first line\nsecond line"];
    expect(redact('got pass"word and {"a":"pass\\"word"}; second line of first line', secrets)).toBe(
      'got [hidden] and {"a":"[hidden]"}; [hidden] of [hidden]',
    );
    expect(redact("pass\u0000word", ["password"])).toBe("[hidden]");
    expect(redact("pass\u0000word", ["pass\u0000word"])).toBe("[hidden]");
    expect(redact("password", ["pass", "password"])).toBe("[hidden]");
    expect(redact("A=1 is on", ["1"])).toBe("A=1 is on");
    expect(redact("?password%3Dcanary%2B1 ", ["password=canary+1"])).toBe("?[hidden] ");
  });

  it("what is secret in a URL that was handed to the plugin, as the URL spells it and as it is", () => {
    const secrets = ["http://proxyuser:canary%2B1@proxy.test:3128"];
    expect(redact("no proxyuser with canary+1 or canary%2B1 at proxy.test", secrets)).toBe(
      "no [hidden] with [hidden] or [hidden] at proxy.test",
    );
  });

  it.each([
    ["of JSON", "invalid_client: correct-horse rejected", '{"client_secret":"correct-horse","x":1}'],
    ["of JSON in JSON", "no correct-horse", '{"auth":[{"password":"correct-horse"}]}'],
    ["of settings in one text", "no correct-horse for sa", 'Server=db;User Id=sa;Pwd="correct-horse";'],
    ["of settings in JSON", "no correct-horse", '{"dsn":"Server=db;Pwd=correct-horse"}'],
    ["of a list", "no correct-horse", "battery-staple, correct-horse"],
  ])("a part that is secret of what was handed to the plugin: %s", (_, text, secret) => {
    expect(complaint(text, [secret], "")).toContain("[hidden]");
    expect(complaint(text, [secret], "")).not.toContain("horse");
  });

  it.each([
    ["wrapped", "it was\n  abcdefghijklm\n  nopqrstuvwxyz\nand no good", "abcdefghijklmnopqrstuvwxyz"],
    ["wrapped and escaped", '{"m":"abcdefghijklm\\nnopqrstuvwxyz"}', "abcdefghijklmnopqrstuvwxyz"],
    ["in base64", `sent ${btoa("hunter2")} there`, "hunter2"],
    ["in base64, beside a name", `sent ${btoa("me:correct-horse")} there`, "correct-horse"],
    ["in base64, between others", `sent ${btoa("x=1&p=correct-horse&y=2")} there`, "correct-horse"],
    ["in base64 of a URL", `sent ${btoa("ab~~~??>>>>").replaceAll("+", "-").replaceAll("/", "_")} there`, "ab~~~??>>>>"],
    ["with more escaped than has to be", "?p=hunter2%2Dproduction&x=1", "hunter2-production"],
    ["escaped for JSON twice", '"{\\"p\\":\\"cor\\\\\\"rect\\"}"', 'cor"rect'],
    ["escaped by numbers", '{"p":"\\u0068unter2"}', "hunter2"],
  ])("a secret that is %s", (_, text, secret) => {
    const shown = redact(text, [secret]);
    expect(shown).toContain("[hidden]");
    for (const [part] of text.matchAll(/[a-z]{8,}|hunter2|[A-Za-z0-9]{10,}|rect/g)) expect(shown).not.toContain(part);
  });

  it("what was printed where the credential belongs, also when that was broken", () => {
    expect(redact("will send opaque-token-of-paris now", [], '{"status":{"token":"opaque-token-of-paris"')).toBe("will send [hidden] now");
    expect(redact("send<opaque-token-of-paris>", [], "opaque-token-of-paris")).toBe("send<[hidden]>");
    expect(redact("tokenshort1end", [], '{"token": "short1"}')).toBe("token[hidden]end");
  });

  it("any token that was printed, wherever it comes again", () => {
    const token = fc.stringMatching(/^[A-Za-z0-9._~+/=-]{8,80}$/);
    fc.assert(
      fc.property(token, fc.string(), fc.string(), (secret, before, after) => {
        expect(complaint(`${before}${secret}${after}`, [], JSON.stringify({ status: { token: secret } }))).not.toContain(secret);
      }),
    );
  });
});

describe("a complaint", () => {
  it("says of which cluster it is, which everybody may know", () => {
    const cluster = '{"spec":{"cluster":{"server":"https://paris.test","config":{"clusterName":"paris-1"}}}}';
    expect(complaint(`no cluster paris-1 in ${cluster}`, ["secret-1"], "", [cluster])).toBe("it said: no cluster paris-1 in [hidden]");
  });

  it("is searched for a few thousand pieces at most, however many are printed or are parts of what was got before", () => {
    const many = Array.from({ length: 40_000 }, (_, at) => `a${at.toString(36).padStart(4, "q")}`);
    expect(piecesOf({ secrets: [], printed: `{"token":"${many.join("\\n")}"}` }).length).toBeLessThan(1000);
    expect(piecesOf({ secrets: [many.join(","), JSON.stringify(many)] }).length).toBeLessThan(5000);
    expect(
      piecesOf({ secrets: Array.from({ length: 50 }, (_, at) => many.slice(at * 500, at * 500 + 500).join(";")) }).length,
    ).toBeLessThan(5000);
    expect(piecesOf({ secrets: [], printed: `{"token":"${"a".repeat(100_000)}"}` })).toEqual([]);
  });

  it("does not grow by what is hidden in it", () => {
    const parts = ["hidden", "[hidden]", "hidd", "idde", "dden", "[hid", "den]"];
    const shown = redact("abcd ".repeat(1000), [], `{"token":"abcd\\n${parts.join("\\n")}"}`);
    expect(shown).toBe("[hidden] ".repeat(1000));
  });

  it("keeps the words that help", () => {
    const help = "cannot open /usr/lib/python3.11/site-packages/azure/identity.py: tenant 00000000-0000-4000-8000-0000000007e1 not found";
    expect(complaint(`${help}\n`, [], "")).toBe(`it said: ${help}`);
    expect(complaint(" \n\n", [], "")).toBe("it said nothing");
  });

  it("is its last lines, each cut", () => {
    expect(complaint(["1", "2", "3", "4", "5", "6", "x y ".repeat(100)].join("\r\n"), [], "")).toBe(
      `it said: 3 | 4 | 5 | 6 | ${"x y ".repeat(75)}…`,
    );
  });

  it("is searched in no time, however it is made", () => {
    const since = performance.now();
    for (const part of ["-----BEGIN ", "a", "eyJ.", "token:", "ey", "Bearer ", "a1", "\u001b[", "a://", "a://b@"])
      redact(part.repeat(65_536 / part.length), [], part.repeat(200_000));
    expect(performance.now() - since).toBeLessThan(3000);
  });
});
