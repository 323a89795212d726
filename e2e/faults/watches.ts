import { expect, it } from "vitest";
import { atOnce, others, pause, profiles } from "./fixtures.ts";
import type { FaultWorld, NewWorld } from "./world.ts";

/** Has the next watch of profiles end in 410, which only a new list can mend. */
function forceRelist({ proxy }: FaultWorld): void {
  proxy.rule({ verb: "watch", resource: profiles, answer: "expired", times: 1 });
  proxy.closeAll();
}

function asked({ proxy }: FaultWorld, verb: string, from = 0): number {
  return proxy.requests.slice(from).filter((request) => request.verb === verb && request.resource === profiles).length;
}

/** Watches that lose, repeat, forget or break: what happened is found all the same, without haste. */
export function watchFaults(newWorld: NewWorld): void {
  it("row 6: the event of a deletion is lost, and the next list finds out", async () => {
    await using world = await newWorld();
    world.proxy.rule({ verb: "watch", resource: profiles, answer: { event: 1, of: "DELETED", is: "lost" }, times: 1 });
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    world.withdraw("paris");
    world.publish("rome");
    await world.says({ message: "wrote", cluster: "fleet/rome" });
    expect(world.standing()).toContain("paris");
    forceRelist(world);
    await world.listed("rome", ...others);
    expect(await world.problems({ reference: { paris: { deleted: 1 } } })).toEqual([]);
  });

  it.each([
    { says: "as a status", answer: "expired" },
    { says: "as an event", answer: { event: 0, is: "expired" } },
  ] as const)("row 7: 410 $says, again and again: lists with back-off, and nobody leaves meanwhile", async ({ answer }) => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    const over = world.proxy.rule({ verb: "watch", resource: profiles, answer });
    const from = world.proxy.requests.length;
    world.proxy.closeAll();
    await pause(2500);
    expect(asked(world, "list", from)).toBeLessThanOrEqual(4);
    expect(asked(world, "watch", from)).toBeLessThanOrEqual(5);
    over();
    expect(await world.problems()).toEqual([]);
  });

  it("row 7: the server has forgotten what happened meanwhile: a list finds it", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    const over = world.proxy.rule({ verb: "watch", answer: "reset" });
    world.proxy.closeAll();
    world.withdraw("paris");
    world.publish("rome");
    world.hub.compact();
    over();
    await world.listed("rome", ...others);
    expect(await world.problems({ reference: { paris: { deleted: 1 } } })).toEqual([]);
  });

  it("row 11: connections are reset ten times a second: each watch goes on where it was, without haste", async () => {
    await using world = await newWorld();
    world.publish("paris", ...others);
    await world.start({ removal: atOnce });
    const from = world.proxy.requests.length;
    const flapping = setInterval(world.proxy.closeAll, 100);
    world.withdraw("paris");
    world.publish("rome");
    await pause(2500);
    clearInterval(flapping);
    expect(asked(world, "list", from)).toBe(0);
    expect(asked(world, "watch", from)).toBeLessThanOrEqual(5);
    const versions = world.proxy.requests.flatMap(({ isWatch, resource, query }) =>
      isWatch && resource === profiles ? [Number(query.get("resourceVersion"))] : [],
    );
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    await world.listed("rome", ...others);
    expect(await world.problems({ reference: { paris: { deleted: 1 } } })).toEqual([]);
  });

  it("row 42: events come twice and out of order: the newest counts, and who is gone stays gone", async () => {
    await using world = await newWorld();
    world.proxy.rule({ verb: "watch", resource: profiles, answer: { event: 1, about: "rome", is: "late", by: 700 }, times: 1 });
    world.proxy.rule({ verb: "watch", resource: "secrets", answer: { event: 2, is: "doubled" } });
    world.publish(...others);
    await world.start({ removal: atOnce });
    const { lines } = world;
    // Told late: that rome came, after it is known to have gone.
    world.publish("rome");
    world.withdraw("rome");
    for (const server of ["https://b.example.test", "https://c.example.test"]) world.publish({ name: "oslo", server });
    world.publish("paris");
    await world.listed("paris", ...others);
    await pause(900);
    expect(lines.filter(({ cluster }) => cluster === "fleet/rome")).toEqual([]);
    expect(await world.problems({ reference: { oslo: { changed: 2 } } })).toEqual([]);
  });
}
