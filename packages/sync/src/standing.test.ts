import { Hidden, secretData, toBase64, type Kind, type KubeObject } from "@rollcall/contract";
import { reachable, toy } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { hashes, plainValues, standing } from "./standing.ts";

const secrets: Kind = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: "toys" };
const configMaps: Kind = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespace: "toys" };

const login = { kind: "credential", provider: "fleet", token: new Hidden("s3cret-token") } as const;
const anchor = toy.entry(reachable({ name: "paris", connection: { login } }), { namespace: "toys" }).at(-1)!;

function secret(data: Readonly<Record<string, string>>, metadata: Partial<KubeObject["metadata"]> = {}): KubeObject {
  return { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: { name: "fleet.paris", namespace: "toys", ...metadata }, data };
}

describe("what is kept of a Secret", () => {
  const manifest = JSON.stringify(anchor);
  const applied = {
    ...anchor,
    metadata: {
      ...anchor.metadata,
      uid: "u1",
      resourceVersion: "7",
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": manifest, "rollcall.dev/cluster": "fleet/paris" },
      managedFields: [{ manager: "rollcall" }],
    },
  };
  const kept = standing(secrets, applied, toy);

  it("holds no secret, not even in kubectl's copy of it", () => {
    const seen = JSON.stringify(kept);
    expect(manifest).toContain(anchor.data!["config"]!);
    for (const hidden of ["s3cret-token", toBase64("s3cret-token"), anchor.data!["config"]!]) expect(seen).not.toContain(hidden);
    expect(seen).not.toContain("last-applied");
  });

  it("is what is needed to find it, to compare it and to change it", () => {
    expect(kept).toMatchObject({
      key: "Secret/toys/fleet.paris",
      cluster: "fleet/paris",
      type: "Opaque",
      metadata: {
        name: "fleet.paris",
        namespace: "toys",
        uid: "u1",
        resourceVersion: "7",
        annotations: { "rollcall.dev/cluster": "fleet/paris" },
      },
      plain: { name: "paris", server: "https://paris.example.test:6443" },
    });
    expect(Object.keys(kept.hashes).sort()).toEqual(["config", "name", "server"]);
    expect(kept).not.toHaveProperty("whole");
    expect(kept.metadata).not.toHaveProperty("managedFields");
  });

  it("says that it is being deleted", () => {
    const going = secret({}, { deletionTimestamp: "2026-11-21T10:00:00Z" });
    expect(standing(secrets, going, toy).metadata.deletionTimestamp).toBe("2026-11-21T10:00:00Z");
  });

  it("belongs to no list and no cluster where it does not say so", () => {
    const bare = standing(secrets, { apiVersion: "v1", kind: "Secret", metadata: { name: "bare" } }, toy);
    expect(bare).toMatchObject({ list: "", key: "Secret/bare", hashes: {}, plain: {}, metadata: { labels: {}, annotations: {} } });
    expect(bare).not.toHaveProperty("cluster");
  });

  it("belongs to the list that its label names", () => {
    expect(standing(secrets, secret({}, { labels: { "rollcall.dev/list": "argocd" } }), toy).list).toBe("argocd");
  });

  it("keeps a plain value in clear, and says nothing where it is no text", () => {
    expect(plainValues(secretData({ name: "paris", token: "x" }), ["name", "server"])).toEqual({ name: "paris" });
    expect(plainValues({ name: "/w==" }, ["name"])).toEqual({ name: "" });
  });
});

describe("what is no Secret is kept as it is", () => {
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "toy", annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", note: "mine" } },
    data: { _order: "paris" },
  };

  it("with its data, and without kubectl's copy of it", () => {
    const kept = standing(configMaps, object, toy);
    expect(kept.whole?.data).toEqual({ _order: "paris" });
    expect(kept).toMatchObject({ hashes: {}, plain: {} });
    expect(JSON.stringify(kept)).not.toContain("last-applied");
    expect(kept.metadata.annotations).toEqual({ note: "mine" });
  });

  it("even where a kind of somebody else is called Secret", () => {
    const kind: Kind = { ...secrets, apiVersion: "vault.example/v1" };
    expect(standing(kind, { ...object, apiVersion: "vault.example/v1", kind: "Secret" }, toy).whole?.data).toEqual({ _order: "paris" });
  });
});

describe("hashes go by meaning", () => {
  it.each([
    { what: "another spelling of the same", key: "config", one: '{"a":1}', other: '{\n "a": 1\n}', isSame: true },
    { what: "another meaning", key: "config", one: '{"a":1}', other: '{"a":2}', isSame: false },
    {
      what: "another spelling, in a key that nobody rewrites",
      key: "server",
      one: "https://a.test",
      other: "https://a.test ",
      isSame: false,
    },
  ])("$what is told apart: $isSame is the same", ({ key, one, other, isSame }) => {
    const [first, second] = [one, other].map((text) => hashes(secretData({ [key]: text }), toy)[key]);
    expect(first === second).toBe(isSame);
  });

  it("a value that is no text goes by its bytes", () => {
    expect(hashes({ config: "/w==" }, toy)["config"]).not.toBe(hashes({ config: "/g==" }, toy)["config"]);
  });

  it("a value that means nothing to the consumer breaks nothing, and is quoted nowhere", () => {
    const same = { config: (text: string) => JSON.stringify(JSON.parse(text)) };
    const [garbage, other] = ["s3cret, no JSON", "another"].map((text) => hashes(secretData({ config: text }), { same })["config"]);
    expect(garbage).not.toBe(other);
    expect(garbage).not.toContain("s3cret");
  });

  it("a key that objects in general have is a key like any other", () => {
    const data = JSON.parse('{"__proto__":"eA==","constructor":"eQ=="}') as Record<string, string>;
    expect(Object.keys(hashes(data, toy)).sort()).toEqual(["__proto__", "constructor"]);
  });
});
