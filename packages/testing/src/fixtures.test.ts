import { describe, expect, it } from "vitest";
import { isCertificates } from "@rollcall/contract";
import { parseProfile } from "@rollcall/inventory";
import { ca, cluster, profile, reachable } from "./fixtures.ts";

describe("fixtures", () => {
  it("trust a certificate that is one", () => expect(isCertificates(ca)).toBe(true));

  it.each([
    { given: { name: "paris" } },
    { given: { name: "paris", namespace: "retail", labels: { env: "prod" }, properties: { region: "eu" }, health: "unhealthy" as const } },
    { given: { name: "paris", clusterSet: "edge", conditions: { ControlPlaneHealthy: "False" as const, Ready: "Unknown" as const } } },
    { given: { name: "paris", health: "unknown" as const, manager: "other", displayName: "Paris (EU)", version: "v1.35.0" } },
  ])("tell a profile and its cluster alike: $given", ({ given }) => {
    expect(parseProfile(profile({ resourceVersion: "1", ...given }))).toMatchObject({ cluster: cluster(given) });
  });

  it("write the member id where managers do", () => {
    expect(parseProfile(profile({ name: "paris", memberId: "m-1" }))).toMatchObject({ cluster: { memberId: "m-1" } });
  });

  it("write all that a profile can say of its endpoint", () => {
    const endpoint = { server: "https://10.0.0.1", ca: undefined, tlsName: "paris.internal", proxy: "http://squid.test:3128" };
    const config = { clusterName: "paris" };
    const access = [{ provider: "aws", endpoint: { server: endpoint.server, tlsName: endpoint.tlsName, proxy: endpoint.proxy }, config }];
    expect(parseProfile(profile({ name: "paris", provider: "aws", config, ...endpoint }))).toMatchObject({ cluster: { access } });
    expect(profile({ name: "paris", provider: null })).toMatchObject({ status: { accessProviders: [] } });
  });

  it("leave to an API server what only it may say", () => {
    expect(profile({ name: "paris" }).metadata).not.toHaveProperty("resourceVersion");
  });

  it("give two clusters two uids, and one the same one", () => {
    expect(cluster({ name: "c", namespace: "a-b" }).uid).not.toBe(cluster({ name: "b-c", namespace: "a" }).uid);
    expect(cluster({ name: "paris" }).uid).toBe(profile({ name: "paris" }).metadata.uid);
  });

  it("reach a cluster as its profile says, but for what the test says", () => {
    const { access, connection } = reachable({ name: "paris", connection: { ca: undefined, tlsName: "x" } });
    expect(access).toEqual([{ provider: "fleet", endpoint: { server: "https://paris.example.test:6443", ca } }]);
    expect(connection).toMatchObject({ server: "https://paris.example.test:6443", tlsName: "x", login: { kind: "exec" } });
    expect(connection).not.toHaveProperty("ca");
  });
});
