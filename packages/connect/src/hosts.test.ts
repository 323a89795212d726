import { describe, expect, it } from "vitest";
import type { Problem } from "./expect.ts";
import { allowsHost, readHosts } from "./hosts.ts";

describe("a credential may go to a host", () => {
  it.each([
    ["api.example.test", "https://api.example.test:6443/x"],
    ["API.example.test", "https://api.Example.test."],
    ["api.example.test:443", "https://api.example.test"],
    ["api.example.test:6443", "https://api.example.test:6443"],
    ["*.example.test", "https://a.example.test"],
    ["*.example.test", "https://a.b.example.test:6443"],
    ["*.example.test:6443", "https://a.example.test:6443"],
    ["10.0.0.1", "https://10.0.0.1:6443"],
    ["[2001:db8::7]:6443", "https://[2001:DB8:0::7]:6443"],
    ["proxy", "https://proxy:9092/edge-1"],
    ["bastion.example.test:1080", "socks5://Bastion.example.test"],
  ])("%s allows %s", (host, server) => {
    expect(allowsHost([host], server)).toBe(true);
  });

  it.each([
    ["api.example.test", "https://api.example.test.evil.test"],
    ["api.example.test", "https://evil.test/api.example.test"],
    ["api.example.test", "https://evil.test?api.example.test"],
    ["api.example.test", "https://api.example.test@evil.test"],
    ["api.example.test", "https://xapi.example.test"],
    ["api.example.test:6443", "https://api.example.test"],
    ["api.example.test:443", "https://api.example.test:6443"],
    ["*.example.test", "https://example.test"],
    ["*.example.test", "https://aexample.test"],
    ["*.example.test", "https://a.example.test.evil.test"],
    ["*", "https://evil.test"],
    ["*.test", "https://evil.test"],
    ["10.0.0.1", "https://10.0.0.10"],
    ["api.example.test", "no address"],
    ["bastion.example.test:443", "socks5://bastion.example.test"],
  ])("%s does not allow %s", (host, server) => {
    expect(allowsHost([host], server)).toBe(false);
  });

  it("if one of them does", () => {
    expect(allowsHost(["a.test", "b.test"], "https://b.test")).toBe(true);
    expect(allowsHost([], "https://b.test")).toBe(false);
  });
});

describe("hosts in a config", () => {
  it("are read, and a bare star is not, nor one for a whole top-level domain", () => {
    const problems: Problem[] = [];
    const hosts = ["api.test", "*.example.test:6443", "[::1]", "*", "*.test", "https://a.test", "a.test/x", "a*.test", "a.test:0", 7, ""];
    expect(readHosts(hosts, "hosts", problems)).toEqual(["api.test", "*.example.test:6443", "[::1]"]);
    expect(problems.map(({ path }) => path)).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map((at) => `hosts[${at}]`));
    expect(problems[0]?.message).toBe('expected a list of hosts, such as "api.example.com", "*.example.com" or "10.0.0.1:6443", got "*"');
  });

  it("are a list, or absent", () => {
    const problems: Problem[] = [];
    expect([readHosts("a.test", "hosts", problems), readHosts(undefined, "hosts", problems)]).toEqual([undefined, undefined]);
    expect(problems).toHaveLength(1);
  });
});
