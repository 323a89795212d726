import { fromBase64 } from "@rollcall/contract";
import { expect } from "vitest";
import { clusterSets, health } from "./choosing.ts";
import { following } from "./following.ts";
import { leaving } from "./leaving.ts";
import { looking } from "./looking.ts";
import { orders } from "./orders.ts";
import { reload } from "./reload.ts";
import { id, listed, others, prod, secretOf, soon, withOthers, type Story } from "./telling.ts";
import { withdrawing } from "./withdrawing.ts";
import { until, type World } from "./world.ts";

export const stories: readonly Story[] = [
  reload,
  ...orders,
  ...looking,
  clusterSets,
  health,
  ...following,
  withdrawing,
  {
    tells: "a cluster joins: its Secret appears, complete and marked",
    async run(world) {
      await world.start();
      const before = await world.mark();
      await world.apply(prod(world, { name: "paris" }));
      const secret = await until("the Secret is there", () => secretOf(world, "paris"));
      expect(fromBase64(secret.data!["name"]!)).toBe("paris");
      expect(fromBase64(secret.data!["server"]!)).toBe("https://paris.example.test:6443");
      expect(secret.metadata.labels).toMatchObject({
        "argocd.argoproj.io/secret-type": "cluster",
        "rollcall.dev/list": "argocd",
        "rollcall.dev/state": "member",
      });
      expect(secret.metadata.annotations).toMatchObject({ "rollcall.dev/cluster": id(world, "paris") });
      expect(await world.writes(before)).toEqual([{ verb: "create", resource: "secrets", name: expect.any(String) as string }]);
    },
  },
  {
    tells: "who asks is told how many clusters are on the list, and whether it is ready",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }), prod(world, { name: "lagos", provider: "unheard-of" }));
      const program = await world.start();
      const { url } = await program.says({ message: "listening" });
      expect((await fetch(`${String(url)}/readyz`)).status).toBe(200);
      const text = await (await fetch(`${String(url)}/metrics`)).text();
      expect(text).toContain('rollcall_clusters{list="argocd",state="member"} 1\n');
      expect(text).toContain('rollcall_verdicts{list="argocd",verdict="stale"} 1\n');
      expect(text).toContain('rollcall_writes_total{list="argocd",verb="create",why="joins"} 1\n');
      expect(text).toMatch(/rollcall_watch_age_seconds\{namespace="[^"]+"\} \d+\n/);
      expect(await program.stop()).toBe(0);
    },
  },
  {
    tells: "its endpoint moves: the same Secret is changed in place, once",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }));
      await world.start();
      const secret = (await secretOf(world, "paris"))!;
      const before = await world.mark();
      await world.apply(prod(world, { name: "paris", server: "https://paris-2.example.test:6443" }));
      const moved = await until("the server is the new one", async () => {
        const now = await secretOf(world, "paris");
        return fromBase64(now?.data?.["server"] ?? "") === "https://paris-2.example.test:6443" && now;
      });
      expect(moved.metadata.uid).toBe(secret.metadata.uid);
      expect(moved.data!["name"]).toBe(secret.data!["name"]);
      expect(await world.writes(before)).toEqual([{ verb: "patch", resource: "secrets", name: `${world.fleet}.paris` }]);
    },
  },
  {
    tells: "a heartbeat and a label that nobody asked for cost no write",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }));
      await world.start();
      const before = await world.mark();
      const beat = prod(world, { name: "paris", labels: { env: "prod", run: "17" }, annotations: { seen: "now" } });
      await world.apply({
        ...beat,
        status: {
          ...(beat.status as object),
          conditions: [
            { type: "ControlPlaneHealthy", status: "True", reason: "Again", message: "beat", lastTransitionTime: "2026-11-21T11:11:11Z" },
          ],
        },
      });
      await world.apply(prod(world, { name: "berlin" }));
      await listed(world, "berlin", "paris");
      expect(await world.writes(before)).toEqual([{ verb: "create", resource: "secrets", name: expect.any(String) as string }]);
    },
  },
  {
    tells: "a profile blinks within its grace: only the mark of its uid follows, its credentials are not rewritten",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }));
      const program = await world.start();
      const stood = (await secretOf(world, "paris"))!;
      const before = await world.mark();
      await world.remove("ClusterProfile", "paris");
      await program.says({ cluster: id(world, "paris"), state: "missing" });
      await world.apply(prod(world, { name: "paris" }));
      const followed = await until("the uid follows", async () => {
        const now = await secretOf(world, "paris");
        return now?.metadata.annotations?.["rollcall.dev/cluster-uid"] !== stood.metadata.annotations?.["rollcall.dev/cluster-uid"] && now;
      });
      expect(followed.metadata.uid).toBe(stood.metadata.uid);
      expect(followed.data).toEqual(stood.data);
      const secrets = (await world.writes(before)).filter(({ resource }) => resource === "secrets");
      expect(secrets).toEqual([{ verb: "patch", resource: "secrets", name: `${world.fleet}.paris` }]);
      const marked = ["annotations.rollcall.dev/cluster-uid"];
      expect(await program.says({ message: "wrote", changes: marked })).toHaveProperty("changes", marked);
    },
  },
  ...leaving,
  {
    tells: "half of the list is gone at once: nobody leaves",
    async run(world) {
      await withOthers(world);
      const program = await world.start({ removal: { unregistered: { then: "release", after: 0 } } });
      const stop = world.proxy.rule({ when: ({ isWatch }) => isWatch, answer: "reset" });
      world.proxy.closeAll();
      await world.remove("ClusterProfile", "berlin");
      await world.remove("ClusterProfile", "lima");
      stop();
      await program.says({ cluster: id(world, "berlin"), verdict: { is: "held" } });
      await program.says({ cluster: id(world, "lima"), verdict: { is: "held" } });
      await listed(world, ...others);
    },
  },
  {
    tells: "a foreign Secret of that name: refused, reported, untouched; the others go on",
    async run(world) {
      const foreign = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: `${world.fleet}.paris`, namespace: world.argocd, labels: { owner: "somebody" } },
        type: "Opaque",
        data: { server: "eA==" },
      };
      await world.apply(foreign);
      const stood = (await secretOf(world, "paris"))!;
      await world.apply(prod(world, { name: "paris" }), prod(world, { name: "berlin" }));
      const program = await world.start();
      await program.says({ cluster: id(world, "paris"), verdict: { reason: "ForeignObject" } });
      await listed(world, "berlin", "paris");
      expect(await secretOf(world, "paris")).toEqual(stood);
    },
  },
  ...(["500", "403", "an empty 200"] as const).map((answer) => ({
    tells: `the hub answers ${answer}: nothing changes, and it goes on by itself when that is over`,
    async run(world: World) {
      await withOthers(world);
      const program = await world.start({
        removal: { unregistered: { then: "release", after: 0 }, deselected: { then: "drain", after: 0 } },
      });
      const before = await world.mark();
      const over = world.proxy.rule({
        when: ({ path }) => path.includes("clusterprofiles"),
        answer: answer === "an empty 200" ? "empty 200" : { status: Number(answer), body: "no" },
      });
      const from = program.lines.length;
      world.proxy.closeAll();
      await program.says({ message: "watch failed", kind: "ClusterProfile" }, from);
      await world.remove("ClusterProfile", "berlin");
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(await world.writes(before)).toEqual([]);
      await listed(world, ...others);
      over();
      await program.says({ cluster: id(world, "berlin"), state: "gone" });
      await listed(world, "lima", "oslo", "tokyo");
    },
  })),
  {
    tells: "the API server is restarted: it goes on by itself",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }));
      await world.start();
      await world.restartServer();
      await world.apply(prod(world, { name: "berlin" }));
      await listed(world, "berlin", "paris");
    },
  },
  {
    tells: "a restart in sync: not one write",
    async run(world) {
      await withOthers(world);
      const first = await world.start();
      await listed(world, ...others);
      expect(await first.stop()).toBe(0);
      const before = await world.mark();
      const second = await world.start();
      expect(await second.stop()).toBe(0);
      expect(await world.writes(before)).toEqual([]);
    },
  },
  {
    tells: "a user's edit of what is ours is mended, and what is theirs is left alone",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }));
      await world.start();
      const stood = (await secretOf(world, "paris"))!;
      await world.edit("Secret", `${world.fleet}.paris`, {
        metadata: { labels: { mine: "yes" } },
        data: { server: "eA==", shard: "MQ==" },
      });
      const mended = await until("the server is mended", async () => {
        const now = await secretOf(world, "paris");
        return now?.data?.["server"] === stood.data!["server"] && now;
      });
      expect(mended.data!["shard"]).toBe("MQ==");
      expect(mended.metadata.labels?.["mine"]).toBe("yes");
      await world.remove("Secret", `${world.fleet}.paris`);
      await listed(world, "paris");
    },
  },
  {
    tells: "mode observe writes nothing at all, mode upsert lets nobody go",
    async run(world) {
      await world.apply(prod(world, { name: "paris" }), prod(world, { name: "berlin" }));
      const before = await world.mark();
      const observing = await world.start({ mode: "observe", removal: soon });
      await observing.says({ message: "would", cluster: id(world, "paris") });
      await observing.stop();
      expect(await world.writes(before)).toEqual([]);
      const upserting = await world.start({ mode: "upsert", removal: { unregistered: { then: "release", after: 0 } } });
      await listed(world, "berlin", "paris");
      await world.remove("ClusterProfile", "paris");
      await upserting.says({ cluster: id(world, "paris"), verdict: { is: "held", reason: "Mode" } });
      await listed(world, "berlin", "paris");
    },
  },
];
