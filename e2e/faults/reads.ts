import type { ProxyAnswer } from "@rollcall/testing";
import { expect, it } from "vitest";
import { until } from "../stories/world.ts";
import { atOnce, kinds, others, pause, profiles } from "./fixtures.ts";
import type { FaultWorld, NewWorld } from "./world.ts";

const group = "multicluster.x-k8s.io";
const apiVersion = `${group}/v1alpha1`;

const json = (body: object): ProxyAnswer => ({ status: 200, body: JSON.stringify(body) });
const metadata = { resourceVersion: "999999" };

/** What should never pass for a list that says that nobody is left. */
const noList: readonly { readonly says: string; readonly answer: ProxyAnswer }[] = [
  { says: "truncated JSON", answer: { truncate: 300 } },
  { says: "half a body, and then a break", answer: { truncate: 300, then: "reset" } },
  { says: "an empty 200", answer: "empty 200" },
  { says: "a page for people", answer: "HTML 200" },
  { says: "a list without items", answer: json({ apiVersion, kind: "ClusterProfileList", metadata }) },
  { says: "another kind's list", answer: json({ apiVersion: "v1", kind: "SecretList", metadata, items: [] }) },
  { says: "a list without a version", answer: json({ apiVersion, kind: "ClusterProfileList", metadata: {}, items: [] }) },
  { says: "a Status with 200", answer: json({ apiVersion: "v1", kind: "Status", status: "Success" }) },
];

/** Nobody was so much as missed. */
function expectNobodyMissed({ lines }: FaultWorld, from: number): void {
  expect(lines.slice(from).filter(({ state }) => state === "missing" || state === "leaving" || state === "gone")).toEqual([]);
}

/** Lists that fail, lie or stop in the middle: nobody leaves for it. */
export function readFaults(newWorld: NewWorld): void {
  it("row 5: a profile is deleted while Rollcall is down, and its Secret goes after the restart", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    await world.stop();
    world.withdraw("paris");
    await world.start({ removal: atOnce });
    await world.listed(...others);
    expect(await world.problems({ reference: { paris: { deleted: 1 } } })).toEqual([]);
  });

  it("row 8: continue tokens expire in the middle of a list: half a list takes nobody away", async () => {
    await using world = await newWorld();
    // Whoever is on the list is on the second page.
    const last = ["zagreb", "zinder", "zug", "zurich"];
    world.publish(...Array.from({ length: 500 }, (_, at) => ({ name: `lab-${at}`, labels: { env: "lab" } })), ...last);
    await world.start({ removal: atOnce });
    const from = world.lines.length;
    const isFurther = ({ query }: { readonly query: URLSearchParams }): boolean => query.has("continue");
    const over = world.proxy.rule({ verb: "list", resource: profiles, when: isFurther, answer: "expired" });
    world.proxy.rule({ verb: "watch", resource: profiles, answer: "expired", times: 1 });
    world.proxy.closeAll();
    const { requests } = world.proxy;
    await until(
      "further pages were refused",
      () => requests.filter((request) => isFurther(request) && request.answeredBy === "rule").length > 3,
    );
    expectNobodyMissed(world, from);
    over();
    expect(await world.problems()).toEqual([]);
  });

  it.each(noList)("row 9: a list of profiles is answered with $says: what was known stays known", async ({ answer }) => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    const [from, asked] = [world.lines.length, world.proxy.requests.length];
    const over = world.proxy.rule({ verb: "list", resource: profiles, answer });
    world.proxy.rule({ verb: "watch", resource: profiles, answer: "expired", times: 1 });
    world.proxy.closeAll();
    const { requests } = world.proxy;
    await until("it was answered", () => requests.some(({ verb, resource }, at) => at > asked && verb === "list" && resource === profiles));
    await pause(300);
    expectNobodyMissed(world, from);
    over();
    expect(await world.problems()).toEqual([]);
  });

  it.each(noList.slice(0, 4))(
    "row 9: the Secrets are answered with $says at start: nothing is written before they are known",
    async ({ answer }) => {
      await using world = await newWorld();
      world.publish("paris", ...others);
      await world.start({ removal: atOnce });
      await world.stop();
      const over = world.proxy.rule({ verb: ["list", "watch"], resource: "secrets", answer });
      world.publish("rome");
      await world.launch({ removal: atOnce });
      await world.says({ message: "watch failed", kind: "Secret" });
      await pause(1000);
      expect(world.standing()).toEqual(["paris", ...others].sort());
      over();
      expect(await world.problems()).toEqual([]);
    },
  );

  it("row 16: the kind is not there at start: Rollcall waits, and begins when it comes", async () => {
    await using world = await newWorld();
    world.hub.unserve(profiles, group);
    await world.launch({ removal: atOnce });
    await world.says({ message: "watch failed", kind: "ClusterProfile" });
    world.hub.serve(kinds[0]);
    world.publish("paris", ...others);
    await world.listed("paris", ...others);
    expect(await world.problems()).toEqual([]);
  });

  it("row 16: the kind is taken away and comes back: everybody stays", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    const soon = { unregistered: { then: "release", after: "1s" } };
    await world.start({ removal: soon });
    const from = world.proxy.requests.length;
    world.hub.unserve(profiles, group);
    await world.says({ message: "watch failed", kind: "ClusterProfile" });
    await pause(1500);
    expect(world.standing()).toEqual(["paris", ...others].sort());
    expect(
      world.proxy.requests.slice(from).filter(({ resource, verb }) => resource === profiles && verb !== "watch").length,
    ).toBeLessThanOrEqual(4);
    world.hub.serve(kinds[0]);
    world.publish("paris", ...others);
    // Each is the same cluster under a new uid, which is all that is written.
    expect(await world.problems({ reference: Object.fromEntries(["paris", ...others].map((name) => [name, { changed: 1 }])) })).toEqual([]);
  });

  it("row 17: the right to list is taken away: 403 is not empty", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    const [all, from] = [world.user.rules, world.lines.length];
    world.user.rules = [{ verbs: ["*"], apiGroups: [""], resources: ["*"] }];
    world.proxy.closeAll();
    await world.says({ message: "watch failed", kind: "ClusterProfile" }, from);
    await pause(1000);
    expectNobodyMissed(world, from);
    world.user.rules = all;
    expect(await world.problems()).toEqual([]);
  });
}
