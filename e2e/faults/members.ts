import { expect, it } from "vitest";
import { rollName, until } from "../stories/world.ts";
import { fromBase64, toBase64, type KubeObject } from "@rollcall/contract";
import { atOnce, others, pause, places } from "./fixtures.ts";
import type { NewWorld } from "./world.ts";

const soon = { unregistered: { then: "release", after: "1s" } };
const follows = { changed: 1 };

/** Others write to what is ours, or what is theirs is in the way. */
export function strangerFaults(newWorld: NewWorld): void {
  it("row 21: a user edits a Secret of ours: what is ours is mended, what is theirs stays", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start();
    const { metadata, data, ...rest } = world.secret("paris")!;
    const labels = { ...metadata.labels, mine: "yes" };
    world.hub.apply({
      ...rest,
      metadata: { ...metadata, labels },
      data: { ...data, server: toBase64("https://evil.test"), shard: "MQ==" },
    });
    expect(await world.problems({ reference: { paris: { changed: 2 } } })).toEqual([]);
    expect(world.secret("paris")).toMatchObject({ metadata: { labels: { mine: "yes" } }, data: { shard: "MQ==" } });
  });

  it("row 21: a user deletes a Secret of ours: it is made again", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start();
    world.hub.remove("Secret", places.argocd, "fleet.paris");
    expect(await world.problems({ reference: { paris: { created: 2, deleted: 1 } } })).toEqual([]);
  });

  it("row 22: a foreign Secret has the name: refused, reported, untouched", async () => {
    await using world = await newWorld();
    const metadata = { name: "fleet.paris", namespace: places.argocd, labels: { "argocd.argoproj.io/secret-type": "cluster" } };
    const foreign = world.hub.apply({ apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: { server: "eA==" } });
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    await world.says({ cluster: "fleet/paris", verdict: { reason: "ForeignObject" } });
    expect(await world.problems({ without: ["paris"], foreign: [foreign] })).toEqual([]);
    world.withdraw("paris");
    await pause(300);
    expect(world.hub.get("Secret", places.argocd, "fleet.paris")).toEqual(foreign);
  });
}

/** Profiles collide, are made anew, or vanish all at once. */
export function memberFaults(newWorld: NewWorld): void {
  it("row 23: two profiles give one server: the older is on the list, the other is told why, and takes its place when it is gone", async () => {
    await using world = await newWorld();
    const server = "https://one.example.test:6443";
    world.publish({ name: "young-by-name", server }, ...others);
    // Ages have a resolution of a second.
    await pause(1100);
    world.publish({ name: "a-twin", server });
    await world.start({ removal: atOnce });
    await world.says({ cluster: "fleet/a-twin", verdict: { reason: "Collision" } });
    await world.listed("young-by-name", ...others);
    world.withdraw("young-by-name");
    await world.listed("a-twin", ...others);
    expect(await world.problems({ reference: { "young-by-name": { deleted: 1 } } })).toEqual([]);
  });

  it("row 24: a profile is made anew with another server: the old login goes with the old server", async () => {
    await using world = await newWorld();
    const paris = (tlsName: string) => ({ name: "paris", server: `https://${tlsName}.example.test:6443`, tlsName });
    world.publish(paris("old"), ...others);
    await world.start({ removal: atOnce });
    world.withdraw("paris");
    world.publish(paris("new"));
    expect(await world.problems({ reference: { paris: { created: 2, deleted: 1 } } })).toEqual([]);
    const stood = world.history.events.filter(({ object }) => object.metadata.name === "fleet.paris").map(({ object }) => pairOf(object));
    expect([...new Set(stood)].sort()).toEqual(["new new", "old old"]);
  });

  it("row 25: everybody vanishes and comes back: nobody leaves", async () => {
    await using world = await newWorld();
    const all = ["paris", ...others];
    world.publish(...all);
    await world.start({ removal: soon });
    world.withdraw(...all);
    await Promise.all(all.map((name) => world.says({ cluster: `fleet/${name}`, verdict: { is: "held", reason: "GuardHolds" } })));
    await pause(1000);
    expect(world.standing()).toEqual(all.toSorted());
    world.publish(...all);
    expect(await world.problems({ reference: Object.fromEntries(all.map((name) => [name, follows])) })).toEqual([]);
  });

  it("row 25: half vanish while Rollcall is down: held until a person has looked, then gone", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    await world.stop();
    world.withdraw("berlin", "lima", "oslo");
    await world.start({ removal: atOnce });
    const held = await world.says({ cluster: "fleet/lima", verdict: { is: "held", reason: "GuardHolds" } });
    await pause(500);
    expect(world.standing()).toEqual(["berlin", "lima", "oslo", "paris", "tokyo"]);
    const [, digest] = /digest (\w+)/.exec((held["verdict"] as { readonly message: string }).message)!;
    const roll = await until("the roll is written", () => world.hub.get("ConfigMap", places.state, rollName));
    world.hub.apply({ ...roll, metadata: { ...roll.metadata, annotations: { "rollcall.dev/ack": digest! } } });
    await world.listed("paris", "tokyo");
    expect(await world.problems({ reference: { berlin: { deleted: 1 }, lima: { deleted: 1 }, oslo: { deleted: 1 } } })).toEqual([]);
  });
}

/** Of which generation the server is, and of which the way to log in. */
function pairOf({ data }: KubeObject): string {
  const config = JSON.parse(fromBase64(data!["config"]!)!) as { readonly tlsClientConfig: { readonly serverName: string } };
  return `${/https:\/\/(\w+)/.exec(fromBase64(data!["server"]!)!)![1]} ${config.tlsClientConfig.serverName}`;
}
