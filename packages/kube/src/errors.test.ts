import { describe, expect, it } from "vitest";
import { ApiError, errorFrom, foreignAnswer, isApiError, isConflict, retryAfter, unreachable } from "./errors.ts";

const what = "PATCH /api/v1/namespaces/argocd/secrets/paris";

function status(code: number, reason: string | undefined, message: string): string {
  return JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message });
}

describe("what a server said no with", () => {
  it("is told in the server's own words and reason", () => {
    const error = errorFrom(403, status(403, "Forbidden", 'secrets "paris" is forbidden'), what);
    expect(error).toMatchObject({ status: 403, reason: "Forbidden", message: `${what}: 403 secrets "paris" is forbidden` });
  });

  it.each([
    { body: "404 page not found\n", code: 404, reason: "NotFound", message: "404 404 page not found" },
    { body: "<html>\n  <h1>502 Bad Gateway</h1>", code: 502, reason: "Unknown", message: "502 <html> <h1>502 Bad Gateway</h1>" },
    { body: "", code: 503, reason: "ServiceUnavailable", message: "503 ServiceUnavailable" },
    { body: '{"kind":"Secret"}', code: 500, reason: "InternalError", message: '500 {"kind":"Secret"}' },
    { body: '{"kind":"Status","message":7,"reason":{}}', code: 410, reason: "Expired", message: "410" },
    { body: status(418, "", "short and stout"), code: 418, reason: "Unknown", message: "418 short and stout" },
  ])("has a reason to search for when the body is $body", ({ body, code, reason, message }) => {
    const error = errorFrom(code, body, what);
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(`${what}: ${message}`);
  });

  it("shows no more than the beginning of a long page", () => {
    expect(errorFrom(500, "no ".repeat(100_000), what).message.length).toBeLessThan(300);
  });

  it.each([
    { said: "an answer to what was sent", body: (secret: string) => status(422, "Invalid", `denied: {"config":"${secret}"} is no config`) },
    { said: "a page", body: (secret: string) => `denied: {"config":"${secret}"} is no config` },
    { said: "a page that is cut in its midst", body: (secret: string) => `denied: ${"no ".repeat(50)}{"config":"${secret}"}` },
  ])("never shows what looks like a secret: $said", ({ body }) => {
    const secret = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0_".repeat(3);
    const { message } = errorFrom(422, body(secret), what);
    expect(message).toContain("denied: ");
    expect(message).toContain("[left out]");
    expect(message).not.toContain(secret.slice(0, 20));
  });

  it.each([
    { said: "an answer", body: (secret: string) => status(422, "Invalid", `no to ${secret} here`) },
    { said: "a page", body: (secret: string) => `no to ${secret} here` },
    { said: "a page with JSON", body: (secret: string) => `{"no to": ${JSON.stringify(secret)} }` },
    { said: "the reason", body: (secret: string) => status(422, secret, "no") },
  ])("never shows what we logged in with, however short and plain: $said", ({ body }) => {
    for (const secret of ["hunter2", 'canary"9\\:x'])
      expect(JSON.stringify(errorFrom(422, body(secret), what, undefined, secret))).not.toMatch(/hunter2|canary/);
  });

  it("is cut between words alone, so that nobody misses half a secret in it", () => {
    const secret = `token-x:${"q4w7".repeat(12)}`;
    for (let before = 0; before < 260; before += 1) {
      const pads = [200, 500, 10_000].map((most) => "no ".repeat(Math.max(0, (most - before) / 3)));
      const errors = pads.flatMap((pad) => [errorFrom(500, pad + secret, what), errorFrom(500, status(500, "x", pad + secret), what)]);
      for (const { message } of [...errors, ...pads.map((pad) => unreachable(what, new Error(pad + secret)))])
        expect(message.replace(secret, "")).not.toContain("token-x");
    }
    expect(errorFrom(500, "x".repeat(1000).replaceAll("xxx", "a:"), what).message).toBe(`${what}: 500 InternalError`);
  });

  it("says no more than fits in a log line, and keeps where and what", () => {
    const { message, reason } = errorFrom(422, status(422, "x".repeat(1000), "too long; ".repeat(10_000)), what);
    expect(message).toMatch(/^PATCH \/api\/v1\/namespaces\/argocd\/secrets\/paris: 422 too long; /);
    expect(message.length).toBeLessThan(600);
    expect(reason).toBe("Invalid");
    expect(foreignAnswer(what, "x y ".repeat(1000)).message.length).toBeLessThan(700);
    expect(unreachable(what, new Error("x y ".repeat(1000))).message.length).toBeLessThan(600);
  });

  it.each([
    { code: 401, retry: true },
    { code: 403, retry: false },
    { code: 404, retry: false },
    { code: 409, retry: true },
    { code: 422, retry: false },
    { code: 429, retry: true },
    { code: 500, retry: true },
    { code: 503, retry: true },
  ])("says whether waiting helps after $code", ({ code, retry }) => {
    expect(errorFrom(code, "", what).retry).toBe(retry);
  });

  it.each([
    { header: "7", waits: 7000 },
    { header: "0", waits: 0 },
    { header: "0.5", waits: 500 },
    { header: undefined, waits: 0 },
    { header: "soon", waits: 0 },
    { header: "-1", waits: 0 },
    // Node turns a longer timer into one of a millisecond: a pause that long must not become none.
    { header: "99999999999", waits: 300_000 },
    { header: "Infinity", waits: 300_000 },
    { header: "Tue, 01 Jan 2999 00:00:00 GMT", waits: 300_000 },
    { header: "Sat, 01 Jan 2000 00:00:00 GMT", waits: 0 },
  ])("asks for $waits ms with Retry-After: $header", ({ header, waits }) => {
    expect(retryAfter(errorFrom(429, "", what, header))).toBe(waits);
  });

  it("asks for no wait when the error is somebody else's", () => {
    expect(retryAfter(new Error("no"))).toBe(0);
  });
});

describe("no answer at all", () => {
  it("keeps its cause and says what was tried", () => {
    const cause = new Error("connect ECONNREFUSED 127.0.0.1:1");
    const error = unreachable(what, cause);
    expect(error).toMatchObject({ status: 0, reason: "Unreachable", retry: true, cause, message: `${what}: ${cause.message}` });
  });

  it("has a message where Node has none", () => {
    const everyAddress = Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" });
    expect(unreachable(what, everyAddress).message).toBe(`${what}: ECONNREFUSED`);
    expect(unreachable(what, "gone").message).toBe(`${what}: gone`);
  });
});

describe("a conflict", () => {
  const uid = 'Secret "paris" is invalid: metadata.uid: Invalid value: "1": field is immutable';

  it.each([
    {
      when: "someone changed the object first",
      error: errorFrom(409, status(409, "Conflict", "the object has been modified"), what),
      is: true,
    },
    { when: "it is another object of that name", error: errorFrom(422, status(422, "Invalid", uid), what), is: true },
    { when: "the name is taken", error: errorFrom(409, status(409, "AlreadyExists", 'secrets "paris" already exists'), what), is: false },
    { when: "the object is too large", error: errorFrom(422, status(422, "Invalid", "data: Too long"), what), is: false },
    {
      when: "an invalid object is called metadata.uid",
      error: errorFrom(422, status(422, "Invalid", 'Secret "metadata.uid" is invalid: data: Too long'), "PATCH /secrets/metadata.uid"),
      is: false,
    },
    { when: "the error is somebody else's", error: Object.assign(new Error(uid), { status: 422 }), is: false },
  ])("is $is when $when", ({ error, is }) => {
    expect(isConflict(error)).toBe(is);
  });

  it("is told from other answers by its status", () => {
    expect(isApiError(new ApiError(409, "Conflict", ""), 409)).toBe(true);
    expect(isApiError(new ApiError(404, "NotFound", ""), 409)).toBe(false);
    expect(isApiError(new Error("409"), 409)).toBe(false);
  });
});
