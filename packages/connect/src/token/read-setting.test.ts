import { describe, expect, it } from "vitest";
import type { Problem } from "../expect.ts";
import { readHubToken, readTokenRequest } from "./read-setting.ts";

function read<T>(reader: (setting: unknown, path: string, problems: Problem[]) => T, setting: unknown) {
  const problems: Problem[] = [];
  return { is: reader(setting, "s", problems), says: problems.map(({ path, message }) => `${path}: ${message}`) };
}

describe("how a token is asked for at a member", () => {
  it("is read as it is written", () => {
    const all = { kind: "token-request", with: "push", serviceAccount: "kube-system/argocd", audiences: ["a"], expiration: "10m" };
    expect(read(readTokenRequest, all)).toEqual({ is: { ...all, expiration: 600 }, says: [] });
    const least = { kind: "token-request", with: "push", serviceAccount: "a/b" };
    expect(read(readTokenRequest, least)).toEqual({ is: least, says: [] });
  });

  it.each([
    [{ serviceAccount: "a/b" }, "s.with: expected the provider to log in with, got nothing"],
    [{ with: "push", serviceAccount: "b" }, 's.serviceAccount: expected a ServiceAccount as namespace/name, got "b"'],
    [{ with: "push", serviceAccount: "../x/y" }, 's.serviceAccount: expected a ServiceAccount as namespace/name, got "../x/y"'],
    [{ with: "push", serviceAccount: "a/b", expiration: "5m" }, 's.expiration: expected a duration from 10m to 24h, got "5m"'],
    [{ with: "push", serviceAccount: "a/b", expiration: 600 }, "s.expiration: expected a duration from 10m to 24h, got 600"],
    [
      { with: "push", serviceAccount: "a/b", audience: "x" },
      "s.audience: is not known here; known are kind, with, serviceAccount, audiences, expiration, hosts",
    ],
  ])("%j is a problem", (setting, says) => expect(read(readTokenRequest, { kind: "token-request", ...setting }).says).toEqual([says]));
});

describe("how a token of the hub is made for a member", () => {
  it("is read as it is written", () => {
    const all = { kind: "hub-token", serviceAccount: "rollcall/argocd", audience: "member:{memberId}", expiration: "1h" };
    expect(read(readHubToken, all)).toEqual({ is: { ...all, expiration: 3600 }, says: [] });
  });

  it.each(["one for all", "{nonsense}", "{server} {nonsense}", "all{", "x}{", "{server", "{namespace}"])(
    "the audience %j is a problem",
    (audience) =>
      expect(read(readHubToken, { kind: "hub-token", serviceAccount: "a/b", audience }).says[0]).toContain(
        "s.audience: expected an audience with {server}",
      ),
  );
});
