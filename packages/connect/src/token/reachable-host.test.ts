import { describe, expect, it } from "vitest";
import { isReachableHost } from "./reachable-host.ts";

describe("where we connect to", () => {
  it.each([
    "https://paris.example.test",
    "https://10.1.2.3:6443",
    "https://192.168.0.4",
    "https://[2001:db8::1]:6443",
    "https://[fd12::1]",
  ])("may be %s", (server) => expect(isReachableHost(server)).toBe(true));

  it.each([
    "https://localhost:6443",
    "https://LOCALHOST.",
    "https://a.localhost",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f.1",
    "https://0.0.0.0",
    "https://169.254.169.254",
    "https://metadata.google.internal",
    "https://kubernetes.default.svc",
    "https://[::1]",
    "https://[::]",
    "https://[fe80::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:169.254.169.254]",
    "https://[fd00:ec2::254]",
    "https://224.0.0.1",
    "not a url",
  ])("is not %s, unless the operator names it", (server) => expect(isReachableHost(server)).toBe(false));
});
