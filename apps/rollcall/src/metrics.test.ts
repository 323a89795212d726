import type { Status } from "@rollcall/sync";
import { describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import { newMetrics, type Now } from "./metrics.ts";

const status = new Map<string, Status>([
  ["fleet/paris", { state: "member", since: 0 }],
  ["fleet/lagos", { state: "member", since: 0, verdict: { is: "stale", reason: "NoProvider", message: "" } }],
  ["fleet/oslo", { state: "leaving", since: 0, verdict: { is: "waits", reason: "InUse", message: "" } }],
]);
const now: Now = {
  lists: new Map([["argocd", { status: () => status }]]),
  heardAgo: new Map([["fleet", 12]]),
  heartbeats: [{ namespace: "fleet", manager: "ocm", secondsAgo: 40 }],
  isReady: true,
};

describe("metrics", () => {
  it("says of credentials how many there are, how many fail and when the first ends", () => {
    const now = Date.now();
    const credentials = new Map([
      ["fleet/paris", [{ provider: "push", isHeld: true, expiresAt: now + 600_000 }]],
      ["fleet/rome", [{ provider: "push", isHeld: true, expiresAt: now + 60_000, failing: { reason: "PluginFailed", message: "no" } }]],
      ["fleet/oslo", [{ provider: "static", isHeld: true }]],
      ["fleet/lima", [{ provider: "static", isHeld: false, failing: { reason: "ReferenceOnly", message: "no" } }]],
    ]);
    const text = newMetrics().text({ lists: new Map(), heardAgo: new Map(), heartbeats: [], credentials, isReady: true });
    expect(text).toContain('rollcall_credentials{provider="push"} 2\n');
    expect(text).toContain('rollcall_credentials{provider="static"} 1\n');
    expect(text).toContain('rollcall_credentials_failing{provider="push"} 1\n');
    expect(text).toMatch(/rollcall_credential_expiry_seconds\{provider="push"\} (59|60)\n/);
    expect(text).not.toContain('rollcall_credential_expiry_seconds{provider="static"}');
  });

  it("count clusters by state, and those that something is said of", () => {
    const text = newMetrics().text(now);
    expect(text).toContain('rollcall_clusters{list="argocd",state="member"} 2\n');
    expect(text).toContain('rollcall_clusters{list="argocd",state="missing"} 0\n');
    expect(text).toContain('rollcall_verdicts{list="argocd",verdict="stale"} 1\n');
    expect(text).toContain('rollcall_verdicts{list="argocd",verdict="waits"} 1\n');
    expect(text).toContain('rollcall_watch_age_seconds{namespace="fleet"} 12\n');
    expect(text).toContain('rollcall_inventory_heartbeat_age_seconds{namespace="fleet",manager="ocm"} 40\n');
    expect(text).toContain("rollcall_ready 1\n");
  });

  it("count writes by what they were for, and watches by what happened to them", () => {
    const metrics = newMetrics();
    const wrote = {
      is: "wrote",
      list: "argocd",
      cluster: "fleet/paris",
      why: "put right",
      state: "member",
      verb: "change",
      key: "Secret/argocd/fleet.paris",
    } as const;
    metrics.heard(wrote);
    metrics.heard(wrote);
    metrics.heard({ is: "retry", list: "argocd", cluster: "fleet/paris", error: new Error("no"), retryIn: 1 });
    metrics.watched({ type: "went back", kind: "ClusterProfile", from: "9", to: "3" });
    const text = metrics.text(now);
    expect(text).toContain('rollcall_writes_total{list="argocd",verb="change",why="put right"} 2\n');
    expect(text).toContain('rollcall_failed_passes_total{list="argocd"} 1\n');
    expect(text).toContain('rollcall_watch_events_total{kind="ClusterProfile",event="went_back"} 1\n');
  });

  it("keep every line in the form that Prometheus reads, whatever a label holds", () => {
    const text = newMetrics().text({ ...now, heardAgo: new Map([['a"\\\nb', 1]]) });
    expect(text).toContain('rollcall_watch_age_seconds{namespace="a\\"\\\\\\nb"} 1\n');
    for (const line of text.trim().split("\n")) expect(line).toMatch(/^(# (HELP|TYPE) |[a-z_]+(\{.*\})? \d+$)/);
  });
});

describe("who asks a running Rollcall", () => {
  it("is told how it is, and nothing else", async () => {
    let isReady = false;
    const server = await listen("127.0.0.1:0", { isReady: () => isReady, metrics: () => "rollcall_ready 0\n" });
    const ask = async (path: string, method = "GET"): Promise<string> => {
      const answer = await fetch(server.url + path, { method });
      return `${answer.status} ${(await answer.text()).trim()}`;
    };
    expect(await ask("/healthz")).toBe("200 ok");
    expect(await ask("/readyz")).toMatch(/^503 not every list/);
    isReady = true;
    expect(await ask("/readyz")).toBe("200 ok");
    expect(await ask("/metrics")).toBe("200 rollcall_ready 0");
    expect(await ask("/secrets")).toMatch(/^404/);
    expect(await ask("/metrics", "POST")).toMatch(/^405/);
    await server.close();
  });

  it.each(["9090", "host:", "host:99999", "a:b:9090"])("cannot be told at %j, and the message says what to write", async (address) => {
    await expect(listen(address, { isReady: () => true, metrics: () => "" })).rejects.toThrow(/host:port/);
  });
});
