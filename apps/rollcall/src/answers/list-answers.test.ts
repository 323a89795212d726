import { ocmDecision } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import type { PlacementName } from "@rollcall/answers";
import type { Rollcall } from "../rollcall.ts";
import { answerable, bench, says, soon } from "./answers.test.helper.ts";

const roll = "rollcall-one-roll";
const until = (rollcall: Rollcall, is: string, placement?: PlacementName) => soon(() => isNow(rollcall, is, placement));

async function isNow(rollcall: Rollcall, is: string, placement?: PlacementName): Promise<void> {
  expect(await says(rollcall, placement)).toBe(is);
}
const web = { key: "web" } as const;

describe("a list that somebody asks for", () => {
  it("is who stands on it, and the same answer as long as that is so", { timeout: 60_000 }, async () => {
    const here = await bench();
    here.publish("paris", "rome");
    const rollcall = await here.start();
    await until(rollcall, "paris rome");
    const [one, other] = [await answerable(rollcall), await answerable(rollcall)];
    expect(one).toBe(other);
    here.publish("oslo");
    await soon(async () => expect((await answerable(rollcall)) as object).toMatchObject({ members: [{}, {}, {}] }));
    const third = await answerable(rollcall);
    expect(third.is === "ready" && one.is === "ready" && third.generation !== one.generation).toBe(true);
  });

  it("is answered in the order of the decision that chooses, and not while that is written or followed", { timeout: 60_000 }, async () => {
    const here = await bench({ select: { placement: web } });
    here.publish("paris", "rome", "oslo");
    here.decide({ key: "web", of: ["rome", "paris"] });
    const rollcall = await here.start();
    await until(rollcall, "rome paris");
    // From here on it is one of the two, or nothing.
    const seen = new Set<string>();
    here.decide({ key: "web", of: ["oslo", "paris"] });
    await soon(async () => {
      seen.add(await says(rollcall));
      expect([...seen].at(-1)).toBe("oslo paris");
    });
    expect([...seen].filter((each) => each !== "incomplete" && each !== "rome paris")).toEqual(["oslo paris"]);
  });
});

describe("a member whose Secret somebody deleted", () => {
  it("while Rollcall was away, and that cannot be made anew, is not left out: nothing is answered", { timeout: 60_000 }, async () => {
    const here = await bench();
    here.publish("paris", "rome");
    const first = await here.start();
    await until(first, "paris rome");
    await first.stop();
    here.hub.remove("Secret", "one", "fleet.rome");
    // Somebody else's object has taken its name.
    here.hub.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "fleet.rome", namespace: "one" } });
    const second = await here.start();
    await soon(async () =>
      expect(await answerable(second)).toMatchObject({ is: "incomplete", why: expect.stringContaining("fleet/rome") as string }),
    );
    here.hub.remove("Secret", "one", "fleet.rome");
    second.lists.get("one")!.look(["fleet/rome"]);
    await until(second, "paris rome");
  });
});

describe("a placement within a list", () => {
  it("is whom its decision names of those on the list, in its order, and moves at once", { timeout: 60_000 }, async () => {
    const here = await bench();
    here.publish("paris", "rome", "oslo");
    here.decide({ key: "web", of: ["rome", "paris", "nowhere"] });
    const rollcall = await here.start();
    expect(await says(rollcall, { key: "shop" })).toBe("no placement");
    await until(rollcall, "rome paris", web);
    await until(rollcall, "rome paris", { name: "web-0", namespace: "fleet" });
    here.decide({ key: "web", of: ["oslo", "paris"] });
    await until(rollcall, "oslo paris", web);
  });

  it("is one of the decisions that the list means, where both APIs have one of that name", { timeout: 60_000 }, async () => {
    const here = await bench({ select: { placement: { ...web, api: "multicluster.x-k8s.io" } } });
    here.publish("paris", "rome");
    here.decide({ key: "web", of: ["rome"] });
    here.hub.apply(ocmDecision({ name: "web-decision-1", key: "web", of: ["paris"] }));
    const rollcall = await here.start();
    await until(rollcall, "rome", web);
    expect(await answerable(rollcall, web)).toMatchObject({ decision: { name: "fleet/web" } });
  });

  it(
    "that would lose half waits for a person, whoever restarts meanwhile, and that person's yes is taken up",
    { timeout: 60_000 },
    async () => {
      const here = await bench();
      here.publish("paris", "rome", "oslo", "lima");
      here.decide({ key: "web", of: ["paris", "rome", "oslo", "lima"] });
      const first = await here.start();
      await until(first, "paris rome oslo lima", web);
      here.decide({ key: "web", of: ["paris"] });
      await soon(async () => expect(((await answerable(first, web)) as { empty?: object }).empty).toMatchObject({ digest: /./ }));
      await first.stop();
      const second = await here.start();
      await soon(async () => expect((await says(second, web)).split(" ").toSorted()).toEqual(["lima", "oslo", "paris", "rome"]));
      const { empty } = (await answerable(second, web)) as { empty: { digest: string } };
      const stands = here.hub.get("ConfigMap", "rollcall", roll)!;
      here.hub.apply({ ...stands, metadata: { ...stands.metadata, annotations: { "rollcall.dev/ack": empty.digest } } });
      await until(second, "paris", web);
      await soon(() => expect(here.hub.get("ConfigMap", "rollcall", roll)!.metadata.annotations ?? {}).toEqual({}));
    },
  );

  it("is refused while it waits for a person, where the config says so", { timeout: 60_000 }, async () => {
    const here = await bench({}, { whenHeld: "refuse" });
    here.publish("paris");
    here.decide({ key: "web", of: ["paris"] });
    const rollcall = await here.start();
    await until(rollcall, "paris", web);
    here.decide({ key: "web", of: [] });
    await until(rollcall, "held", web);
    expect(await answerable(rollcall, web)).toMatchObject({ why: "nobody would be left", digest: expect.stringMatching(/^[0-9a-f]{10}$/) });
  });

  it("of a decision that names nobody is empty only where nobody was ever answered", { timeout: 60_000 }, async () => {
    const here = await bench({ answers: { allowEmpty: true } });
    here.publish("paris");
    here.decide({ key: "web", of: [] });
    const rollcall = await here.start();
    const empty = { allowed: true, passed: "nobody was ever answered" };
    await soon(async () => expect(await answerable(rollcall, web)).toMatchObject({ members: [], decision: { size: 0 }, empty }));
    here.decide({ key: "web", of: ["paris"] });
    await until(rollcall, "paris", web);
    here.decide({ key: "web", of: [] });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await says(rollcall, web)).toBe("paris");
  });

  it("is answered by nobody who cannot write down whom", { timeout: 60_000 }, async () => {
    const here = await bench();
    here.publish("paris");
    here.decide({ key: "web", of: ["paris"] });
    const rollcall = await here.start();
    here.hub.remove("Namespace", "", "rollcall");
    await soon(async () =>
      expect(await answerable(rollcall, web)).toMatchObject({
        is: "incomplete",
        why: expect.stringContaining('namespaces "rollcall"') as string,
      }),
    );
  });

  it("keeps whom a person holds, and everybody while the list is paused", { timeout: 60_000 }, async () => {
    const here = await bench();
    here.publish("paris", "rome", "oslo", "lima", "bonn", "kyiv");
    here.decide({ key: "web", of: ["paris", "rome", "oslo", "lima", "bonn"] });
    const rollcall = await here.start();
    await until(rollcall, "paris rome oslo lima bonn", web);
    const order = (orders: object): void => {
      const { metadata, ...rest } = here.hub.get("ConfigMap", "rollcall", roll)!;
      const { resourceVersion: _, ...sent } = metadata;
      here.hub.apply({ ...rest, metadata: sent, data: { ...rest.data, orders: JSON.stringify({ version: 1, ...orders }) } });
    };
    const said = { by: "me", why: "I look", at: new Date().toISOString() };
    order({ hold: { "fleet/rome": said } });
    await new Promise((resolve) => setTimeout(resolve, 200));
    here.decide({ key: "web", of: ["paris", "oslo", "lima", "bonn", "kyiv"] });
    await until(rollcall, "paris oslo lima bonn kyiv rome", web);
    order({ pause: said });
    await soon(() => expect(rollcall.lists.get("one")!.status().size).toBe(6));
    here.decide({ key: "web", of: ["kyiv"] });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await soon(async () => expect((await says(rollcall, web)).split(" ")).toHaveLength(6));
  });

  it("of another hub at the same address is not answered", { timeout: 60_000 }, async () => {
    const here = await bench();
    here.publish("paris", "rome");
    here.decide({ key: "web", of: ["paris", "rome"] });
    const first = await here.start();
    await until(first, "paris rome", web);
    await first.stop();
    const stands = here.hub.get("ConfigMap", "rollcall", roll)!;
    const { resourceVersion: _, ...metadata } = stands.metadata;
    here.hub.apply({ ...stands, metadata, data: { roll: stands.data!["roll"]!.replace(/"hub": "[^"]*"/, '"hub": "another"') } });
    here.hub.remove("ClusterProfile", "fleet", "rome");
    here.decide({ key: "web", of: ["paris"] });
    const second = await here.start();
    await until(second, "incomplete", web);
    expect(await answerable(second)).toMatchObject({ is: "incomplete", why: expect.stringContaining("hub") as string });
  });

  it("that nobody decides any more gives its place to another; else a hundred are enough", { timeout: 60_000 }, async () => {
    const here = await bench();
    here.publish("paris");
    for (let at = 0; at <= 100; at += 1) here.decide({ name: `d${at}`, of: ["paris"] });
    let later = 0;
    const rollcall = await here.start(() => Date.now() + later);
    await until(rollcall, "paris", { name: "d0" });
    for (let at = 1; at < 100; at += 1) await until(rollcall, "paris", { name: `d${at}` });
    expect(await says(rollcall, { name: "d100" })).toBe("no room");
    here.hub.remove("PlacementDecision", "fleet", "d7");
    // It may be deleted to be made anew.
    await soon(async () => expect(await says(rollcall, { name: "d7" })).toBe("no placement"));
    expect(await says(rollcall, { name: "d100" })).toBe("no room");
    later = 3_600_001;
    await until(rollcall, "paris", { name: "d100" });
  });
});

it("what the hub has not said anything of for too long is not answered", { timeout: 60_000 }, async () => {
  const here = await bench({}, { maxAge: "1s" });
  here.publish("paris");
  const rollcall = await here.start();
  await here.hub.stop();
  await until(rollcall, "stale");
  expect(await answerable(rollcall)).toMatchObject({ seconds: expect.any(Number) as number });
});
