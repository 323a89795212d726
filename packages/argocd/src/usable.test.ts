import { expect, it } from "vitest";
import type { ClusterConfig } from "./cluster-config.ts";
import { checkUsable } from "./usable.ts";

const tlsClientConfig = { insecure: false };

it.each<{ readonly reason: string; readonly config: Partial<ClusterConfig> }>([
  { reason: "InsecureWithCA", config: { tlsClientConfig: { insecure: true, caData: "LS0tLQ==" } } },
  { reason: "TwoLogins", config: { username: "admin", bearerToken: "s3cret" } },
  { reason: "TwoLogins", config: { password: "s3cret", bearerToken: "s3cret" } },
  { reason: "ProxyNotSupported", config: { proxyUrl: "socks5://" } },
  { reason: "ProxyNotSupported", config: { proxyUrl: "http://p.test:99999" } },
  { reason: "ProxyNotSupported", config: { proxyUrl: "http://p.test\n" } },
  { reason: "ProxyNotSupported", config: { proxyUrl: "p.test:3128" } },
])("a config with $config is refused before Argo CD does it in silence", ({ reason, config }) => {
  const check = () => checkUsable({ tlsClientConfig, ...config }, "fleet/paris");
  expect(check).toThrow(expect.objectContaining({ reason, message: expect.stringContaining("fleet/paris") as string }));
  expect(check).not.toThrow("s3cret");
});

it.each<Partial<ClusterConfig>>([
  {},
  { username: "admin", password: "x" },
  { tlsClientConfig: { insecure: true, caData: "" } },
  { proxyUrl: "SOCKS5://[::1]:1080" },
])("a config with %j is fine", (config) => expect(() => checkUsable({ tlsClientConfig, ...config }, "fleet/paris")).not.toThrow());
