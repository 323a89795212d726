import type { PlacementName } from "@rollcall/answers";
import { describe, expect, it } from "vitest";
import { soon } from "../answers/answers.test.helper.ts";
import type { Rollcall } from "../rollcall.ts";
import { applicationSet, bench, inputProvider, toldInTheEnd, toldOn, wait, type Bench } from "./refresh.test.helper.ts";

const web = { key: "web" } as const;

async function says(rollcall: Rollcall, placement?: PlacementName): Promise<string> {
  const answer = await rollcall.answers("one")!.answerable(placement);
  if (answer.is !== "ready") return answer.is;
  return answer.members
    .map(({ id }) => id.replace("fleet/", ""))
    .toSorted()
    .join(" ");
}

/** Placement `web` is answered, to an ApplicationSet and to a provider, and everybody was told of the beginning. */
async function asked(rest?: number): Promise<Bench & { readonly rollcall: Rollcall }> {
  const here = await bench();
  for (const name of ["paris", "rome", "oslo"]) here.publish(name);
  here.decide({ key: "web", of: ["paris", "rome"] });
  here.hub.apply(applicationSet("web", { list: "one", placement: web }));
  here.hub.apply(applicationSet("whole", { list: "one" }));
  here.hub.apply(applicationSet("elsewhere", { list: "two" }));
  here.hub.apply(inputProvider("inputs", "list=one&placement=web"));
  const rollcall = await here.start(rest);
  await soon(async () => expect(await says(rollcall, web)).toBe("paris rome"));
  await soon(async () => expect(await says(rollcall)).toBe("oslo paris rome"));
  await soon(() => expect(Object.keys(toldOn(here.hub))).toHaveLength(3));
  expect(Object.keys(await toldInTheEnd(here.hub)).toSorted()).toEqual(["inputs", "web", "whole"]);
  return { ...here, rollcall };
}

describe("whoever asked", { timeout: 60_000 }, () => {
  it("is told when a decision changes what they were answered, and nobody else is; what they are about to be answered is written down by then", async () => {
    const here = await asked();
    const before = toldOn(here.hub);
    here.decide({ key: "web", of: ["paris", "rome", "oslo"] });
    const began = performance.now();
    await soon(() => expect(toldOn(here.hub)).not.toEqual(before));
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await toldInTheEnd(here.hub)).toEqual({ ...before, web: before["web"]! + 1, inputs: before["inputs"]! + 1 });
    const book = here.hub.get("ConfigMap", "rollcall", "rollcall-one-answers")!;
    expect(JSON.stringify(book.data)).toContain("oslo paris rome");
    const { metadata } = here.hub.get("ApplicationSet", "argocd", "web")!;
    expect(metadata.annotations).toEqual({
      mine: "kept",
      "argocd.argoproj.io/application-set-refresh": expect.stringMatching(/^20/) as string,
    });
    expect(here.hub.get("ResourceSetInputProvider", "flux-system", "inputs")!.metadata.annotations).toHaveProperty([
      "reconcile.fluxcd.io/requestedAt",
    ]);
  });

  it("is not told of what they are not shown: a heartbeat, the same decision written again, and for flux-operator a new order", async () => {
    const here = await asked();
    const before = toldOn(here.hub);
    const profile = here.hub.get("ClusterProfile", "fleet", "paris")!;
    here.hub.apply({ ...profile, metadata: { ...profile.metadata, annotations: { "heartbeat.test/at": "now" } } });
    here.hub.remove("PlacementDecision", "fleet", "web-0");
    here.decide({ key: "web", of: ["paris", "rome"] });
    expect(await toldInTheEnd(here.hub)).toEqual(before);
    here.decide({ key: "web", of: ["rome", "paris"] });
    await soon(() => expect(toldOn(here.hub)["web"]).toBe(before["web"]! + 1));
    expect(await toldInTheEnd(here.hub)).toEqual({ ...before, web: before["web"]! + 1 });
  });

  it("is told once by each Rollcall that begins, for they may wait after an error", async () => {
    const here = await asked();
    const before = toldOn(here.hub);
    await here.rollcall.stop();
    await here.start();
    await soon(() => expect(toldOn(here.hub)["whole"]).toBe(2));
    expect(await toldInTheEnd(here.hub)).toEqual({ web: before["web"]! + 1, whole: 2, inputs: before["inputs"]! + 1 });
  });

  it("and was refused is told as soon as they can be answered, whether or not it is what they had", async () => {
    const here = await asked();
    here.hub.apply(applicationSet("shop", { list: "one", placement: { key: "shop" } }));
    expect(await says(here.rollcall, { key: "shop" })).toBe("no placement");
    const before = toldOn(here.hub);
    here.decide({ name: "shop-0", key: "shop", of: ["oslo"] });
    await soon(() => expect(toldOn(here.hub)["shop"]).toBe(1));
    expect(await toldInTheEnd(here.hub)).toEqual({ ...before, shop: 1 });

    here.decide({ key: "web", of: ["paris"], index: 1, revision: "half" });
    await soon(async () => expect(await says(here.rollcall, web)).toBe("incomplete"));
    here.decide({ key: "web", of: ["paris", "rome"] });
    await soon(() => expect(toldOn(here.hub)["web"]).toBe(before["web"]! + 1));
    expect(await toldInTheEnd(here.hub)).toEqual({ ...before, shop: 1, web: before["web"]! + 1, inputs: before["inputs"]! + 1 });
  });

  it("in the middle of a thousand changes is told a handful of times, and has the last one in the end", async () => {
    const here = await asked(2000);
    const before = toldOn(here.hub)["web"]!;
    const heard = new Set<string>();
    const done = new AbortController();
    // As Argo CD does: whoever is told asks.
    const asking = (async () => {
      for (let times = before; !done.signal.aborted; await wait(2)) {
        const now = toldOn(here.hub)["web"]!;
        if (now === times) continue;
        times = now;
        const answer = await here.rollcall.answers("one")!.answerable(web);
        if (answer.is === "ready") heard.add(answer.members.find(({ id }) => id === "fleet/paris")!.cluster!.labels["at"]!);
      }
    })();
    const began = performance.now();
    for (let at = 1; at <= 1000; at += 1) {
      here.publish("paris", { at: String(at) });
      if (at % 4 === 0) await wait(10);
    }
    const seconds = (performance.now() - began) / 1000;
    const times = (await toldInTheEnd(here.hub, 3000))["web"]! - before;
    done.abort();
    await asking;
    expect(times).toBeGreaterThanOrEqual(1);
    expect(times).toBeLessThanOrEqual(Math.ceil(seconds / 2) + 2);
    expect([...heard].at(-1)).toBe("1000");
  });
});
