import { digestOf } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import { askedBook } from "@rollcall/sync";
import { describe, expect, it } from "vitest";
import { prod, scene } from "./look.test.helper.ts";
import { argocdList, onHub, type OnHub } from "./on-hub.test.helper.ts";

const since = "2026-11-21T10:00:00.000Z";
const digest = digestOf(["argocd", `fleet/paris unregistered ${since}`]);

function withRoll({ hub }: OnHub, clusters: readonly string[] = ["fleet/paris"], of?: string): void {
  const roll = {
    version: 1,
    ...(of !== undefined && { hub: of }),
    ...(clusters.length > 0 && { missing: [{ cause: "unregistered", since, clusters }] }),
  };
  hub.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "rollcall-argocd-roll", namespace: "rollcall" },
    data: { roll: JSON.stringify(roll) },
  });
}

const rollOf = ({ hub }: OnHub) => hub.get("ConfigMap", "rollcall", "rollcall-argocd-roll");
const ackOf = (at: OnHub): string | undefined => rollOf(at)?.metadata.annotations?.["rollcall.dev/ack"];

/** Does what a running Rollcall does, or somebody else, once the yes is there. */
function whenAcked(at: OnHub, act: () => void): void {
  const looking = setInterval(() => {
    if (ackOf(at) === undefined) return;
    clearInterval(looking);
    act();
  }, 20);
}

const note = (at: OnHub, ack: string | undefined): void => {
  const { annotations: _, ...metadata } = rollOf(at)!.metadata;
  at.hub.apply({ ...rollOf(at)!, metadata: { ...metadata, ...(ack !== undefined && { annotations: { "rollcall.dev/ack": ack } }) } });
};

const isSet = (of: string): string =>
  `a yes to ${of} is set for list argocd; it counts for exactly that plan, once a running Rollcall takes it up\n`;

describe("rollcall ack", () => {
  it("puts the yes where a running Rollcall finds it, and says when it was taken up", async () => {
    await using at = await onHub();
    withRoll(at);
    whenAcked(at, () => note(at, undefined));
    expect(await at.run("ack", "argocd", digest)).toEqual({
      code: 0,
      stdout: `${isSet(digest)}taken up: list argocd goes on\n`,
      stderr: "",
    });
  });

  it("is for a placement of the list that waits as well, also where nobody ever left the list", async () => {
    await using at = await onHub({ serve: { tokens: [{ file: "token" }] } });
    const transport = openTransport({ url: at.hub.url, token: async () => at.hub.token });
    const book = askedBook({ transport, namespace: "rollcall", owner: { instance: "rollcall", list: "argocd" } });
    await book.load();
    await book.put('{"key":"web"}', { clusters: new Set(["fleet/paris"]), held: { why: "nobody would be left", digest } });
    await transport.close();
    const ran = await at.run("ack", "argocd", digest, "--wait", "1s");
    expect(ran).toMatchObject({
      code: 2,
      stdout: isSet(digest),
      stderr: expect.stringContaining("a placement of the list still waits") as string,
    });
    expect(ackOf(at)).toBe(digest);
  });

  it("does not wait where it is told not to", async () => {
    await using at = await onHub();
    withRoll(at);
    expect(await at.run("ack", "argocd", digest, "--wait", "0")).toEqual({ code: 0, stdout: isSet(digest), stderr: "" });
    expect(ackOf(at)).toBe(digest);
  });

  it("ends with 2 where no Rollcall takes it up; the yes stands until one does", async () => {
    await using at = await onHub();
    withRoll(at);
    const { code, stdout, stderr } = await at.run("ack", "argocd", digest, "--wait", "1s");
    expect({ code, stdout }).toEqual({ code: 2, stdout: isSet(digest) });
    expect(stderr).toMatch(
      /^rollcall: not taken up in 1 s: the plan is still this one, so no running Rollcall keeps list "argocd" [^\n]*\n$/,
    );
    expect(ackOf(at)).toBe(digest);
  });

  it("ends with 2 and asks for another look where another plan waits by now", async () => {
    await using at = await onHub();
    withRoll(at);
    const { code, stderr } = await at.run("ack", "argocd", "0123456789", "--wait", "1s");
    expect(code).toBe(2);
    expect(stderr).toContain("what waits by the roll is another plan");
    expect(stderr).toContain("look again with rollcall status");
  });

  it("sets nothing where nobody is missing, unless the hub is another one, was set back or cannot be asked", async () => {
    const rules = [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
    const user = { name: "operator", token: "the-operators-own", rules };
    await using at = await onHub({ user });
    withRoll(at, []);
    expect(await at.run("ack", "argocd", digest)).toEqual({
      code: 1,
      stdout: "",
      stderr:
        'rollcall: nobody is missing from list "argocd" by its roll, so nothing waits for a yes and none was set; rollcall status says how it stands\n',
    });
    await at.run("hold", "argocd", "paris", "--why", "a demo");
    expect(await at.run("ack", "argocd", digest)).toMatchObject({ code: 1, stdout: "" });
    expect(ackOf(at)).toBeUndefined();
    const { uid } = at.hub.get("Namespace", undefined, "kube-system")!.metadata;
    for (const of of ["another", `${uid}, set back`, uid]) {
      withRoll(at, [], of);
      expect(await at.run("ack", "argocd", digest, "--wait", "0")).toMatchObject({ code: of === uid ? 1 : 0 });
      expect(ackOf(at)).toBe(of === uid ? undefined : digest);
    }
    rules[0] = { verbs: ["*"], apiGroups: ["*"], resources: ["configmaps"] };
    expect(await at.run("ack", "argocd", digest, "--wait", "0")).toMatchObject({ code: 0, stdout: isSet(digest) });
  });

  it("sets a yes to another hub, which a Rollcall then takes up, although nobody is missing by the roll", async () => {
    await using here = await scene();
    here.register(prod("paris"), prod("oslo"));
    await here.sync();
    await here.replaceHub();
    const { uid } = here.hub.get("Namespace", undefined, "kube-system")!.metadata;
    const yes = digestOf(["argocd", "hub", uid!]);
    expect(await here.run("ack", "argocd", yes, "--wait", "0")).toMatchObject({ code: 0 });
    await here.sync();
    const roll = here.target.get("ConfigMap", "rollcall", "rollcall-argocd-roll")!;
    expect(roll.metadata.annotations ?? {}).not.toHaveProperty(["rollcall.dev/ack"]);
    expect(JSON.parse(roll.data!["roll"]!)).toMatchObject({ hub: uid });
  });

  it("says so when somebody else confirms another digest in its place, or the roll goes", async () => {
    await using at = await onHub();
    withRoll(at);
    whenAcked(at, () => note(at, "ffffffffff"));
    const replaced = await at.run("ack", "argocd", digest);
    expect(replaced.code).toBe(1);
    expect(replaced.stderr).toContain("somebody else has just confirmed ffffffffff in its place");
    note(at, undefined);
    whenAcked(at, () => at.hub.remove("ConfigMap", "rollcall", "rollcall-argocd-roll"));
    expect((await at.run("ack", "argocd", digest)).stderr).toContain("the roll was deleted meanwhile");
  });

  it.each([
    { args: ["argocd", "0123"], says: 'a digest has ten hexadecimal digits, got "0123"' },
    { args: ["argocd", "0123456789", "--wait", "soon"], says: '--wait: expected a duration such as 30s, 10m or 1h, got "soon"' },
    { args: ["flux", "0123456789"], says: 'there is no list "flux" in the config; there are argocd, look' },
    { args: ["look", "0123456789"], says: 'list "look" is in mode observe: nobody leaves it, so nothing waits for a yes' },
    { args: ["argocd", "0123456789"], says: 'list "argocd" has no roll in namespace "rollcall", so nothing waits for a yes' },
  ])("$args confirms nothing and says what is wrong", async ({ args, says }) => {
    await using at = await onHub({ lists: [argocdList, { ...argocdList, name: "look", mode: "observe" }] });
    const { code, stdout, stderr } = await at.run("ack", ...args);
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: expect.stringContaining(`rollcall: ${says}`) as string });
    expect(code).toBe(1);
    expect(at.hub.requests.filter(({ verb }) => verb !== "get")).toEqual([]);
  });
});
