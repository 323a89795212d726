import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { KubeObject } from "@rollcall/contract";
import { ca } from "@rollcall/testing";
import type { Program } from "../stories/program.ts";
import { entryOf, type Entry, type LoginWorld } from "./world.ts";

/** A plugin with many tempers. */
export const plugin = fileURLToPath(new URL("plugin.sh", import.meta.url));

/** A provider whose plugin writes down when it is run, takes 30 ms, and gives tokens that last so many seconds. */
export function countedPlugin(seen: string, life: number): object {
  const env = Object.entries({ SEEN: seen, LIFE: `${life}` }).map(([name, value]) => ({ name, value }));
  const execConfig = { command: plugin, apiVersion: "client.authentication.k8s.io/v1", env, provideClusterInfo: true };
  return { inline: [{ name: "fleet", execConfig }], settings: { fleet: { kind: "exec", hosts: ["*.example.test"] } } };
}

/** Publishes so many clusters that log in with it. */
export async function publishMany(world: LoginWorld, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => `c${at}`);
  for (let at = 0; at < count; at += 20) await Promise.all(names.slice(at, at + 20).map((name) => publishCounted(world, name)));
  return names;
}

function publishCounted(world: LoginWorld, name: string): Promise<void> {
  return world.publish(name, [{ provider: "fleet", server: `https://${name}.example.test:6443`, ca, config: { temper: "counted" } }]);
}

/** What the plugin has written down. */
export interface Runs {
  readonly begun: number;
  readonly ended: number;
  /** How many there were at once. */
  readonly most: number;
}

export async function runsIn(seen: string): Promise<Runs> {
  const runs = { begun: 0, ended: 0, most: 0 };
  for (const line of (await readFile(join(seen, "runs"), "utf8")).split("\n")) {
    if (line.startsWith("+")) runs.begun += 1;
    if (line.startsWith("-")) runs.ended += 1;
    runs.most = Math.max(runs.most, runs.begun - runs.ended);
  }
  return runs;
}

/** Every credential that stands on the lists. */
export async function standing({ hub, lists }: LoginWorld): Promise<readonly Entry[]> {
  const all = await Promise.all(lists.map((namespace) => hub.list("Secret", namespace)));
  return all.flat().map(entryOf);
}

/** When each of them was got and when it ends: names and annotations alone, so that looking costs the server little. */
async function marks({ hub, lists }: LoginWorld): Promise<readonly NonNullable<Entry["mark"]>[]> {
  const accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  const { body } = await hub.admin("GET", `/api/v1/namespaces/${lists[0]}/secrets`, undefined, { accept });
  return (body as { readonly items: readonly KubeObject[] }).items.map((each) => entryOf(each).mark!);
}

/** What became of many credentials that were all due in one moment. */
export interface Storm {
  /** Milliseconds from that moment until the last plugin had ended. */
  readonly got: number;
  /** Milliseconds until the last credential stood where its consumer reads it. */
  readonly written: number;
  /** How many looks found how many credentials on the list that had ended. */
  readonly expired: number;
}

/** Stops the program's clock until all its credentials are due, and lets it go on: so a machine wakes up. `meanwhile` has this time for itself. */
export async function storm(world: LoginWorld, program: Program, life: number, meanwhile?: () => Promise<void>): Promise<Storm> {
  program.pause(true);
  const before = await marks(world);
  const { ended } = await runsIn(world.dir);
  const last = Math.max(...before.map(({ from }) => Date.parse(from)));
  await meanwhile?.();
  await sleep(last + 800 * life + 1000 - Date.now());
  const [start, clock] = [Date.now(), performance.now()];
  program.pause(false);
  let [got, expired, looked] = [undefined as number | undefined, 0, 0];
  for (;;) {
    const since = performance.now() - clock;
    if (since > 1000 * life) throw new Error("the credentials were not renewed for as long as they last");
    if (got === undefined && (await runsIn(world.dir)).ended >= ended + before.length) got = since;
    if (since > looked + 500) {
      looked = since;
      const now = await marks(world);
      expired += now.filter(({ until }) => Date.parse(until) <= Date.now()).length;
      if (got !== undefined && now.every(({ from }) => Date.parse(from) >= start)) return { got, written: since, expired };
    }
    await sleep(20);
  }
}
