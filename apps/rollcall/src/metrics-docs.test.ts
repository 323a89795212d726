import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { newMetrics } from "./metrics.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** A Rollcall of which there is something to say everywhere. */
function everything(): string {
  const metrics = newMetrics();
  metrics.heard({ is: "retry", list: "argocd", cluster: "fleet/paris", error: new Error("no"), retryIn: 1 });
  metrics.heard({
    ...({ is: "wrote", list: "argocd", cluster: "fleet/paris", verb: "change", key: "Secret/argocd/fleet.paris" } as const),
    ...({ why: "put right", state: "member" } as const),
  });
  metrics.watched({ type: "went back", kind: "ClusterProfile", from: "9", to: "3" });
  metrics.answered({ route: "plugin", status: 200, bytes: 100 });
  metrics.configured(1, "taken");
  return metrics.text({
    lists: new Map([["argocd", { status: () => new Map() }]]),
    heardAgo: new Map([["fleet", 12]]),
    heartbeats: [{ namespace: "fleet", manager: "ocm", secondsAgo: 40 }],
    credentials: new Map([["fleet/paris", [{ provider: "push", isHeld: true, expiresAt: Date.now() + 60_000 }]]]),
    isReady: true,
  });
}

describe("docs/metrics.md", () => {
  const page = read("../../../docs/metrics.md");
  const rows = [...page.matchAll(/^\| `(rollcall_\w+)` *\| (\w+) *\| (.*?) *\| /gm)].map(([, name, type, labels]) => ({
    name: name!,
    type: type!,
    labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!),
  }));

  it("has a row for every metric, and none for what is none", () => {
    const inCode = new Set([...read("./metrics.ts").matchAll(/"(rollcall_\w+)"/g)].map(([, name]) => name!));
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...inCode].toSorted());
  });

  it("says of each what a running Rollcall says of it: its type and its labels", () => {
    const text = everything();
    const told = [...text.matchAll(/^# TYPE (\w+) (\w+)\n\w+(?:\{(.*)\})? /gm)].map(([, name, type, labels = ""]) => ({
      name: name!,
      type: type!,
      labels: [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label!),
    }));
    expect(rows).toEqual(told);
  });

  it("names no metric in its text that there is not", () => {
    const known = new Set(rows.map(({ name }) => name));
    expect([...page.matchAll(/\brollcall_[a-z_]+/g)].map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
  });
});
