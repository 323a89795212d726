import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { fromBase64, Hidden, type Connection } from "@rollcall/contract";
import { reachable, type Given } from "@rollcall/testing";
import { argocd, type ArgoCdOptions } from "./index.ts";

function render(given: Given & { readonly connection?: Partial<Connection> }, options: Partial<ArgoCdOptions>, keptAs?: string) {
  const kept = keptAs === undefined ? undefined : { name: keptAs, plain: {} };
  const [{ metadata, data = {} }] = argocd.entry(reachable(given), { namespace: "argocd", ...options }, kept) as [
    ReturnType<typeof argocd.entry>[number],
  ];
  return { ...metadata, data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, fromBase64(value)!])) };
}

function refused(reason: string, message: string = ""): unknown {
  return expect.objectContaining({ name: "RollcallError", reason, retry: false, message: expect.stringContaining(message) as string });
}

describe("a project that the profile names", () => {
  const project = { from: "label", key: "team", allowed: ["web", "db"] } as const;

  it("is the cluster's when the operator allows it", () => {
    expect(render({ name: "paris", labels: { team: "db" } }, { project }).data["project"]).toBe("db");
  });

  it.each([
    { when: "the profile names none", given: {}, reason: "NoProject" },
    { when: "the profile names an empty one", given: { team: "" }, reason: "NoProject" },
    { when: "every object has a word of that name", given: {}, key: "constructor", reason: "NoProject" },
    { when: "the profile names another", given: { team: "default" }, reason: "ProjectNotAllowed" },
    { when: "the profile names one that begins alike", given: { team: "web2" }, reason: "ProjectNotAllowed" },
  ])("keeps the cluster out when $when, instead of opening it to all", ({ given, key = "team", reason }) => {
    expect(() => render({ name: "paris", labels: given }, { project: { ...project, key } })).toThrow(refused(reason, "fleet/paris"));
  });

  it("keeps every cluster out when nobody said which are allowed", () => {
    expect(() => render({ name: "paris", labels: { team: "db" } }, { project: { ...project, allowed: [] } })).toThrow(
      refused("ProjectNotAllowed", "project.allowed"),
    );
  });
});

describe("a shard", () => {
  const names = Array.from({ length: 500 }, (_, at) => `cluster-${at}`);
  const spread = (shards: number) => names.map((name) => Number(render({ name }, { shard: { hash: shards } }).data["shard"]));

  it("is nobody's business unless somebody asks", () => {
    expect(render({ name: "paris" }, {}).data).not.toHaveProperty("shard");
    expect(render({ name: "paris" }, { shard: { from: "label", key: "shard" } }).data).not.toHaveProperty("shard");
  });

  it("is 0 where 0 is asked for", () => {
    expect(render({ name: "paris" }, { shard: 0 }).data["shard"]).toBe("0");
    expect(render({ name: "paris", labels: { shard: "0" } }, { shard: { from: "label", key: "shard" } }).data["shard"]).toBe("0");
  });

  it.each(["-1", "+1", "01", "1.5", " 1", "one", "", "10000", "9".repeat(40)])("is refused when a profile says %j", (said) => {
    const render1 = () => render({ name: "paris", properties: { shard: said } }, { shard: { from: "property", key: "shard" } });
    expect(render1).toThrow(refused("BadShard", 'property "shard"'));
  });

  it.each([-1, 0.5, Number.NaN, 10_000])("is refused when the operator says %d", (shard) => {
    expect(() => render({ name: "paris" }, { shard })).toThrow(refused("BadShard", "option shard"));
  });

  it.each([0, -1, 1.5])("is refused when clusters are to be spread over %d", (hash) => {
    expect(() => render({ name: "paris" }, { shard: { hash } })).toThrow(refused("BadShard", "shard.hash"));
  });

  it("is shared fairly when it comes from a hash", () => {
    for (const shards of [1, 2, 7]) {
      const counts = Map.groupBy(spread(shards), (shard) => shard);
      expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: shards }, (_, shard) => shard));
      for (const { length } of counts.values()) expect(Math.abs(length / (names.length / shards) - 1)).toBeLessThan(0.3);
    }
  });

  it("moves only the clusters that a new controller takes over", () => {
    const [before, after] = [spread(3), spread(4)];
    const moved = after.filter((shard, at) => shard !== before[at]);
    expect([...new Set(moved)]).toEqual([3]);
    expect(moved.length / names.length).toBeLessThan(0.3);
  });

  it("stays when a cluster's profile is made anew, moves to another manager or is called otherwise", () => {
    const shard = { hash: 9 };
    const before = render({ name: "paris" }, { shard });
    const given = { name: "paris-2", namespace: "other", uid: "another", memberId: "m-1", manager: "x", labels: { a: "b" } };
    expect(render(given, { shard }, before.name).data["shard"]).toBe(before.data["shard"]);
  });
});

describe("a label from a profile", () => {
  const from = (value: string) =>
    render({ name: "paris", properties: { region: value } }, { labels: { region: { from: "property", key: "region" } } }).labels![
      "region"
    ]!;

  it.each(["eu-west-1", "EU_west.1", "", "7", "x".repeat(63), "true"])("is %j word for word, since it can be", (value) =>
    expect(from(value)).toBe(value),
  );

  it.each([
    ["eu west/1", /^eu-west-1_[0-9a-f]{10}$/],
    ["v1.36.3+k3s1", /^v1\.36\.3-k3s1_[0-9a-f]{10}$/],
    ["-eu-", /^eu_[0-9a-f]{10}$/],
    ["東京", /^x_[0-9a-f]{10}$/],
    ["x".repeat(64), /^x{52}_[0-9a-f]{10}$/],
  ])("tells by a hash that it was %j and had to be changed", (value, changed) => expect(from(value)).toMatch(changed));

  it("is one that an API server takes, and never the same for two", () => {
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...Array.from("aA1-_./ é")) }),
      fc.string({ unit: fc.constant("a"), maxLength: 130 }),
    );
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(value, (text) => {
        // What a text was changed to could be another text, which must not stay as it is then.
        for (const each of [text, from(text)]) {
          const label = from(each);
          expect(label).toMatch(/^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/);
          expect(seen.get(label) ?? each).toBe(each);
          seen.set(label, each);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is word for word when it was a label before, even one that ends like a hash", () => {
    const labels = { owner: "web_0123456789" };
    const options = { copyLabels: ["owner"], labels: { team: { from: "label", key: "owner" } } } as const;
    expect(render({ name: "paris", labels }, options).labels).toMatchObject({ owner: "web_0123456789", team: "web_0123456789" });
  });

  it("is the operator's own word for word", () => {
    expect(render({ name: "paris" }, { labels: { team: { from: "value", value: "web_0123456789" } } }).labels!["team"]).toBe(
      "web_0123456789",
    );
  });

  it("wins over a copied one of the same key", () => {
    const options = { copyLabels: ["team"], labels: { team: { from: "value", value: "mine" } } } as const;
    expect(render({ name: "paris", labels: { team: "theirs" } }, options).labels!["team"]).toBe("mine");
  });

  it("is left out when the profile does not say it, and the cluster stays on the list", () => {
    const labels = { a: { from: "version" }, b: { from: "property", key: "x" }, c: { from: "label", key: "constructor" } } as const;
    const { labels: written, data } = render({ name: "paris", version: undefined }, { labels });
    expect(written).toEqual({ "argocd.argoproj.io/secret-type": "cluster" });
    expect(data["name"]).toBe("paris");
  });
});

describe("an annotation from a profile", () => {
  const from = (displayName: string) =>
    render({ name: "paris", displayName }, { annotations: { "example.test/name": { from: "displayName" } } }).annotations![
      "example.test/name"
    ]!;

  it.each(["Paris (EU) – 東京", "{{ .name }}", '["a:443", "b:443"]', "x".repeat(1024)])("is %j word for word", (value) =>
    expect(from(value)).toBe(value),
  );

  it("is one line of at most 1024 characters, whatever the profile says", () => {
    expect(from("a\nb\r\n\u2028c")).toMatch(/^a b c_[0-9a-f]{10}$/);
    expect(from("x".repeat(100_000))).toMatch(/^x{1013}_[0-9a-f]{10}$/);
    expect(from("\ud83d\ude00".repeat(1000)).isWellFormed()).toBe(true);
  });

  it("leaves no empty map behind when there is none", () => {
    expect(render({ name: "paris", version: undefined }, { annotations: { a: { from: "version" } } })).not.toHaveProperty("annotations");
  });
});

describe("a plugin", () => {
  const login = {
    kind: "exec",
    provider: "fleet",
    command: "/plugins/login",
    args: ["--cluster={namespace}/{name}", "{server}", '{"name":"{nam}"}'],
    env: { "{name}": "{name}-{name}" },
    apiVersion: "client.authentication.k8s.io/v1",
    provideClusterInfo: true,
    config: { clusterName: "{name}" },
  } as const;
  const plugin = (options: Partial<ArgoCdOptions>, more: Given = { name: "paris" }, server = "https://a.test/x/") =>
    (JSON.parse(render({ ...more, connection: { server, login } }, options).data["config"]!) as { execProviderConfig: object })
      .execProviderConfig;

  it("is given its arguments as they stand, unless placeholders are asked for", () => {
    expect(plugin({})).toMatchObject({ args: login.args, env: login.env, provideClusterInfo: true, config: login.config });
  });

  it("finds the cluster's identity in its arguments and environment when they are", () => {
    expect(plugin({ placeholders: true })).toMatchObject({
      args: ["--cluster=fleet/paris", "https://a.test/x", '{"name":"{nam}"}'],
      env: { "{name}": "paris-paris" },
      config: { clusterName: "{name}" },
    });
  });

  it("is told nothing of its cluster by an Argo CD that cannot", () => {
    const told = plugin({ passClusterInfo: false });
    expect(told).toMatchObject({ command: "/plugins/login" });
    expect(told).not.toHaveProperty("provideClusterInfo");
    expect(told).not.toHaveProperty("config");
  });

  it.each(["-rf", "--kubeconfig=x", "a b", "a\nb", "a\u0000", ""])("is never given %j for a name", (name) => {
    const render1 = () => plugin({ placeholders: true, name: "x" }, { name });
    expect(render1).toThrow(refused("UnsafeArgument", "the name of"));
  });

  it("is not given a placeholder's text twice over", () => {
    expect(plugin({ placeholders: true, name: "x" }, { name: "{server}" })).toMatchObject({ env: { "{name}": "{server}-{server}" } });
    expect(plugin({ placeholders: true, name: "x" }, { name: "$&$1" })).toMatchObject({ env: { "{name}": "$&$1-$&$1" } });
  });

  it.each([
    { when: "it has no command", more: { command: "" }, reason: "NoCommand" },
    {
      when: "it speaks a version that is gone",
      more: { apiVersion: "client.authentication.k8s.io/v1alpha1" },
      reason: "PluginNotSupported",
    },
    { when: "it says no version", more: { apiVersion: "" }, reason: "PluginNotSupported" },
  ])("is refused when $when, since Argo CD would go on with the one before", ({ more, reason }) => {
    expect(() => render({ name: "paris", connection: { login: { ...login, ...more } } }, {})).toThrow(refused(reason, "fleet/paris"));
  });
});

describe("a login that Argo CD's client would refuse", () => {
  it("is not written when it is for no cluster of EKS", () => {
    const login = { kind: "aws", provider: "eks", clusterName: "" } as const;
    expect(() => render({ name: "paris", connection: { login } }, {})).toThrow(refused("NoClusterName"));
  });

  it("is not written when its token would break a header, and is not shown either", () => {
    const login = { kind: "credential", provider: "fleet", token: new Hidden("s3cret\r\nX-Evil: 1") } as const;
    expect(() => render({ name: "paris", connection: { login } }, {})).toThrow(refused("BadToken"));
    expect(() => render({ name: "paris", connection: { login } }, {})).not.toThrow("s3cret");
  });
});

describe("the cluster that Argo CD or the inventory lives in", () => {
  const refuse = ["https://hub.example.test:443/", "https://10.0.0.1:6443"];

  it.each(["https://hub.example.test", "https://HUB.example.test:443//", "https://10.0.0.1:6443", "https://0xa.1:6443/"])(
    "is never declared, however it is spelled: %s",
    (server) => expect(() => render({ name: "paris", connection: { server } }, { refuse })).toThrow(refused("OwnCluster", server)),
  );

  it.each(["https://hub.example.test:6443", "https://hub.example.test/k8s/clusters/c-1", "https://10.0.0.1"])(
    "is not taken for %s",
    (server) => expect(render({ name: "paris", connection: { server } }, { refuse }).data["server"]).toBe(server),
  );
});
