import { beforeAll, describe, expect, it } from "vitest";
import { startMemoryHub } from "@rollcall/memory-hub";
import { checkConfig } from "../config/check.ts";
import { demoConfig } from "../demo/fleet.ts";
import { openDoor } from "../demo/open-door.ts";
import { story } from "../demo/story.ts";
import { asProcess, type Ran } from "../run.test.helper.ts";

describe("rollcall demo, without a terminal", () => {
  let ran: Ran;
  let seconds: number;
  beforeAll(async () => {
    const began = performance.now();
    ran = await asProcess(["demo"]);
    seconds = (performance.now() - began) / 1000;
  }, 60_000);

  it("ends by itself, in time and without a complaint", () => {
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
    expect(seconds).toBeLessThan(10);
  });

  it("tells every scene, in order", () => {
    const places = story.map(({ title }) => ran.stdout.indexOf(`\n${title}\n`));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("shows the list after each, and only what changed with an arrow", () => {
    const scenes = ran.stdout.split(/\n\n/).map((scene) => scene.split("\n"));
    const news = scenes.map((lines) => lines.filter((line) => line.startsWith("  → ")).map((line) => line.replaceAll(/ +/g, " ")));
    expect(news.filter((lines) => lines.length > 0)).toEqual([
      [" → fleet/osaka https://osaka.example.com:6443 member member"],
      [" → fleet/osaka https://osaka-2.example.com:6443 member member"],
      [" → fleet/lagos https://lagos.example.com:6443 member member, stale: NoProvider"],
      [" → fleet/oslo https://oslo.example.com:6443 leaving leaving, waits: InUse"],
      [" → fleet/oslo - - not selected"],
    ]);
  });

  it("tells each write, and there are only the needed ones", () => {
    const writes = ran.stdout.match(/^ +(?:create|change|delete) .*$/gm)?.map((line) => line.trim());
    const created = ["lagos", "lima", "oslo", "paris", "quito"].map((name) => `create Secret/argocd/fleet.${name}`);
    expect(writes?.slice(0, 5).toSorted()).toEqual(created);
    expect(writes?.slice(5)).toEqual([
      "create Secret/argocd/fleet.osaka",
      "change Secret/argocd/fleet.osaka (annotations.rollcall.dev/endpoint, data.server)",
      "change Secret/argocd/fleet.paris (annotations.rollcall.dev/cluster-uid)",
      "change Secret/argocd/fleet.oslo (labels.rollcall.dev/state)",
      "delete Secret/argocd/fleet.oslo",
    ]);
  });

  it("fits a common terminal, and paints nothing where there is none", () => {
    expect(ran.stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
    expect(ran.stdout).not.toContain("\u001b");
  });
});

it("the demo's config is one that a person could write", () => {
  const { config, problems } = checkConfig(demoConfig);
  expect(problems).toEqual([]);
  expect(config?.lists.map(({ name }) => name)).toEqual(["argocd"]);
});

it("the demo's door lets kubectl in, which sends no token without TLS", async () => {
  const hub = await startMemoryHub();
  const door = await openDoor(hub);
  const path = "/api/v1/namespaces/default";
  expect((await fetch(`${hub.url}${path}`)).status).toBe(403);
  expect((await fetch(`${door.url}${path}`)).status).toBe(200);
  door.close();
  await hub.stop();
});
