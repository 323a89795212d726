import type { HubRule } from "@rollcall/memory-hub";
import { describe, expect, it } from "vitest";
import { fromYaml } from "../yaml.ts";
import { needsWhy } from "./order.ts";
import { argocdList, onHub, register } from "./on-hub.test.helper.ts";

const hour = 3_600_000;

describe("rollcall hold", () => {
  it("gives an order with its reason, its author and its end, and says what it comes to", async () => {
    await using at = await onHub();
    register(at, { name: "paris" });
    const ran = await at.run("hold", "argocd", "fleet/paris", "--why", "a demo runs there", "--by", "ada", "--for", "2h");
    const { version, hold } = at.orders() as {
      version: number;
      hold: Record<string, { why: string; by: string; at: string; until: string }>;
    };
    const { at: given, until, ...rest } = hold["fleet/paris"]!;
    expect({ version, rest }).toEqual({ version: 1, rest: { why: "a demo runs there", by: "ada" } });
    expect(Date.parse(until) - Date.parse(given)).toBe(2 * hour);
    expect(Math.abs(Date.parse(given) - Date.now())).toBeLessThan(60_000);
    expect(ran).toEqual({
      code: 0,
      stdout: `fleet/paris: held, so it takes no step on its way out; ada: a demo runs there (until ${until})\n`,
      stderr: "",
    });
  });

  it("takes a bare name where one namespace is watched, signs with the name that the server knows, and says when an order has no end", async () => {
    await using at = await onHub();
    register(at, { name: "paris" });
    const { code, stdout } = await at.run("hold", "argocd", "paris", "--why", "a demo");
    expect(code).toBe(0);
    expect(stdout).toMatch(/; admin: a demo \(no end\)\nit has no end of its own; end it with: rollcall hold argocd fleet\/paris --end\n$/);
    expect(at.orders()).toMatchObject({ hold: { "fleet/paris": { why: "a demo", by: "admin" } } });
  });

  it("holds a cluster that nobody knows yet, and says that nobody does", async () => {
    await using at = await onHub();
    const { code, stderr } = await at.run("hold", "argocd", "pariss", "--why", "a demo");
    expect(code).toBe(0);
    expect(stderr).toBe("rollcall: nobody knows fleet/pariss at the moment; the order is given all the same and holds when it comes\n");
    expect(at.orders()).toMatchObject({ hold: { "fleet/pariss": { why: "a demo" } } });
  });

  it("says nothing of the kind of a cluster that the list misses, nor where the hub cannot be read", async () => {
    const rules = [{ verbs: ["get", "create", "patch"], apiGroups: [""], resources: ["configmaps"] }];
    await using at = await onHub({ user: { name: "operator", token: "the-operators-own", rules } });
    expect(await at.run("hold", "argocd", "paris", "--why", "a demo")).toMatchObject({ code: 0, stderr: "" });
    await using other = await onHub();
    const roll = { version: 1, missing: [{ cause: "unregistered", since: "2026-11-21T10:00:00.000Z", clusters: ["fleet/paris"] }] };
    other.hub.apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "rollcall-argocd-roll", namespace: "rollcall" },
      data: { roll: JSON.stringify(roll) },
    });
    expect(await other.run("hold", "argocd", "paris", "--why", "a demo")).toMatchObject({ code: 0, stderr: "" });
  });

  it("ends an order, and knows when there is none to end", async () => {
    await using at = await onHub();
    await at.run("hold", "argocd", "paris", "--why", "a demo");
    const ended = await at.run("hold", "argocd", "paris", "--end");
    expect(ended).toEqual({
      code: 0,
      stdout: "fleet/paris: the order (hold) has ended; a running Rollcall goes on as if it had never been\n",
      stderr: "",
    });
    expect(at.orders()).toBeUndefined();
    const { code, stderr } = await at.run("hold", "argocd", "paris", "--end");
    expect(code).toBe(1);
    expect(stderr).toBe("rollcall: there is no order to hold fleet/paris; rollcall hold argocd --config FILE shows what is ordered\n");
  });

  it("is given whatever is wrong with other lists, and with all problems said when it is wrong with this one", async () => {
    await using at = await onHub();
    const lists = [argocdList, { ...argocdList, name: "other", consumer: "argo" }];
    expect(await at.runWith(lists, "hold", "argocd", "paris", "--why", "a demo")).toMatchObject({ code: 0 });
    const { code, stderr } = await at.runWith(lists, "hold", "other", "paris", "--why", "a demo");
    expect(code).toBe(1);
    expect(stderr).toContain('lists[1].consumer  expected argocd, got "argo"');
  });

  it("cleans away what has ended by itself, and nothing else", async () => {
    await using at = await onHub();
    await at.run("hold", "argocd", "paris", "--why", "a demo");
    await at.run("pause", "argocd", "--why", "an upgrade", "--for", "1h");
    const roll = at.hub.get("ConfigMap", "rollcall", "rollcall-argocd-roll")!;
    const over = { why: "long ago", at: "2026-01-01T00:00:00.000Z", until: "2026-01-01T01:00:00.000Z" };
    const orders = { ...at.orders(), exclude: { "fleet/lima": over } };
    at.hub.apply({ ...roll, data: { ...roll.data, orders: JSON.stringify(orders) } });
    await at.run("hold", "argocd", "rome", "--why", "another demo");
    expect(at.orders()).toMatchObject({ pause: { why: "an upgrade" }, hold: { "fleet/paris": {}, "fleet/rome": {} } });
    expect(at.orders()).not.toHaveProperty("exclude");
  });

  it("shows what is ordered about the list, and writes nothing for it", async () => {
    await using at = await onHub();
    expect(await at.run("hold", "argocd")).toEqual({ code: 0, stdout: "nothing is ordered about list argocd\n", stderr: "" });
    expect(at.hub.get("ConfigMap", "rollcall", "rollcall-argocd-roll")).toBeUndefined();
    await at.run("hold", "argocd", "paris", "--why", "a demo", "--by", "ada", "--until", "2099-01-01T00:00:00Z");
    await at.run("exclude", "argocd", "fleet/lima", "--why", "broken\u001b[2J", "--by", "bob");
    await at.run("pause", "argocd", "--why", "an upgrade", "--by", "eve", "--until", "2099-01-01T01:00:00+01:00");
    expect((await at.run("exclude", "argocd")).stdout).toBe(
      [
        "pause    everybody    eve: an upgrade (until 2099-01-01T00:00:00.000Z)",
        "hold     fleet/paris  ada: a demo (until 2099-01-01T00:00:00.000Z)",
        "exclude  fleet/lima   bob: broken\\u001b[2J (no end)",
        "",
      ].join("\n"),
    );
  });

  it.each([
    { args: ["argocd", "paris"], says: needsWhy },
    { args: ["argocd", "paris", "--for", "2h"], says: needsWhy },
    { args: ["argocd", "paris", "--why", " "], says: needsWhy },
    { args: ["argocd", "--why", "x"], says: "CLUSTER is missing: whom to hold" },
    { args: ["argocd", "--end"], says: "CLUSTER is missing: whom to hold" },
    { args: ["argocd", "paris", "--end", "--why", "x"], says: "--end ends an order and takes no --why; leave one of them out" },
    { args: ["argocd", "paris", "--why", "x", "--for", "90"], says: '--for: expected a duration such as 30s, 10m or 1h, got "90"' },
    {
      args: ["argocd", "paris", "--why", "x", "--for", "0"],
      says: expect.stringMatching(/^an order that ends at .* has ended already; say a later time$/) as string,
    },
    {
      args: ["argocd", "paris", "--why", "x", "--until", "2099-01-01"],
      says: '--until: expected a time with its zone such as 2026-11-22T08:00:00Z, got "2099-01-01"',
    },
    {
      args: ["argocd", "paris", "--why", "x", "--until", "2020-01-01T00:00:00Z"],
      says: "an order that ends at 2020-01-01T00:00:00.000Z has ended already; say a later time",
    },
    {
      args: ["argocd", "paris", "--why", "x", "--for", "1h", "--until", "2099-01-01T00:00:00Z"],
      says: "--for and --until say the same thing; leave one of them out",
    },
    { args: ["flux", "paris", "--why", "x"], says: 'there is no list "flux" in the config; there are argocd' },
    { args: ["argocd", "a/b/c", "--why", "x"], says: 'a cluster is named NAMESPACE/NAME, got "a/b/c"; the namespaces are fleet' },
    { args: ["argocd", "Paris!", "--why", "x"], says: 'a cluster is named NAMESPACE/NAME, got "Paris!"; the namespaces are fleet' },
  ])("$args orders nothing and says what is wrong", async ({ args, says }) => {
    await using at = await onHub();
    const { code, stdout, stderr } = await at.run("hold", ...args);
    expect({ stdout, says: stderr.replace(/^rollcall: (.*)\n$/, "$1") }).toEqual({ stdout: "", says });
    expect(code).toBe(1);
    expect(at.hub.requests.filter(({ verb }) => verb !== "get")).toEqual([]);
  });
});

it("whoever has the printed rights of an operator can say all of it, and is refused nothing", async () => {
  await using before = await onHub();
  const roles = fromYaml("stdout", (await before.run("rbac", "--for", "operator")).stdout) as readonly {
    readonly metadata: { readonly namespace?: string };
    readonly rules?: readonly HubRule[];
  }[];
  const rules = roles.flatMap(({ metadata, rules: of = [] }) =>
    of.map((rule) => ({ ...rule, ...(metadata.namespace && { namespace: metadata.namespace }) })),
  );
  await using at = await onHub({ user: { name: "operator", token: "the-operators-own", rules } });
  register(at, { name: "paris" });
  for (const args of [
    ["hold", "argocd", "paris", "--why", "a demo"],
    ["exclude", "argocd", "nobody", "--why", "broken"],
    ["pause", "argocd", "--why", "an upgrade"],
    ["pause", "argocd", "--end"],
    ["hold", "argocd"],
  ])
    expect(await at.run(...args)).toMatchObject({ code: 0 });
  const ack = ["ack", "argocd", "0123456789", "--wait", "0"];
  expect(await at.run(...ack)).toMatchObject({ code: 1, stderr: expect.stringContaining("nobody is missing") as string });
  const roll = at.hub.get("ConfigMap", "rollcall", "rollcall-argocd-roll")!;
  const missing = [{ cause: "unregistered", since: "2026-11-21T10:00:00.000Z", clusters: ["fleet/rome"] }];
  at.hub.apply({ ...roll, data: { ...roll.data, roll: JSON.stringify({ version: 1, missing }) } });
  expect(await at.run(...ack)).toMatchObject({ code: 0 });
  expect(at.hub.requests.filter(({ code }) => code === 401 || code === 403)).toEqual([]);
  expect(at.hub.requests.every(({ user }) => user === "operator")).toBe(true);
});

describe("rollcall exclude", () => {
  it("says how the cluster leaves, if it is on the list", async () => {
    await using at = await onHub();
    register(at, { name: "paris" });
    const { stdout } = await at.run("exclude", "argocd", "paris", "--why", "broken", "--by", "ada");
    expect(stdout).toContain(
      "fleet/paris: not chosen any more; if it is on the list it leaves as one that is deselected: drain after 600 s, with the guard's word; ada: broken (no end)\n",
    );
    expect(at.orders()).toMatchObject({ exclude: { "fleet/paris": { why: "broken", by: "ada" } } });
    const keeps = [{ ...argocdList, removal: { deselected: { then: "keep" } } }];
    expect((await at.runWith(keeps, "exclude", "argocd", "paris", "--why", "broken")).stdout).toContain(
      "it stays, for the list keeps those who are deselected",
    );
    expect((await at.run("exclude", "argocd", "paris", "--end")).code).toBe(0);
    expect(at.orders()).toBeUndefined();
  });
});

describe("rollcall pause", () => {
  it("pauses a list and lets it go on", async () => {
    await using at = await onHub();
    const { code, stdout } = await at.run("pause", "argocd", "--why", "an upgrade", "--by", "ada");
    expect(code).toBe(0);
    expect(stdout).toBe(
      "list argocd: paused, so nothing is written for it, neither joins nor leaves; ada: an upgrade (no end)\nit has no end of its own; end it with: rollcall pause argocd --end\n",
    );
    expect(at.orders()).toMatchObject({ pause: { why: "an upgrade", by: "ada" } });
    expect((await at.run("pause", "argocd", "--end")).code).toBe(0);
    expect(at.orders()).toBeUndefined();
    expect((await at.run("pause", "argocd", "--end")).stderr).toContain('there is no order to pause list "argocd"');
  });

  it("is about a whole list: a cluster is one too many; and it takes a reason", async () => {
    await using at = await onHub();
    expect((await at.run("pause", "argocd")).stderr).toBe(`rollcall: ${needsWhy}\n`);
    expect((await at.run("pause", "argocd", "paris", "--why", "x")).stderr).toContain(
      '"paris" is not expected there, it comes after LIST; see',
    );
  });
});
