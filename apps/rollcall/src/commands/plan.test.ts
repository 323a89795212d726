import type { HubRule, HubUser } from "@rollcall/memory-hub";
import { decision } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { fromYaml } from "../yaml.ts";
import { application, canary, oneList, prod, scene } from "./look.test.helper.ts";

const hour = 3_600_000;
const lastLines = (text: string): string => text.trimEnd().split("\n").at(-1)!;

interface RoleObject {
  readonly metadata: { readonly namespace?: string };
  readonly rules?: readonly HubRule[];
}

function rulesOf({ metadata: { namespace }, rules = [] }: RoleObject): readonly HubRule[] {
  return rules.map((rule) => ({ ...rule, ...(namespace !== undefined && { namespace }) }));
}

describe("rollcall plan", () => {
  it("shows what would be made, masked, writes nothing, and says with 2 that something would change", async () => {
    await using here = await scene();
    here.register(prod("paris"));
    const { code, stdout, stderr } = await here.run("plan");
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(stdout.split("\n").map((line) => line.trimEnd())).toEqual(
      expect.arrayContaining([
        "argocd: 1 to create",
        "  + Secret/argocd/fleet.paris for fleet/paris",
        "      + kind: Secret",
        "      +     env: prod",
        "      +   name: paris",
        "      +   server: https://paris.example.test:6443",
        expect.stringMatching(/^ {6}\+ {3}config: sha256:[0-9a-f]{8}$/) as string,
        "argocd: 1 to create, 0 unchanged",
      ]),
    );
    expect(here.writes()).toEqual([]);
  });

  it.each(["plan", "status"])(
    "%s sees everything with the rights that are printed for those who look, and asks for no other",
    async (command) => {
      const user: { -readonly [Key in keyof HubUser]: HubUser[Key] } = { name: "viewer", token: "the-viewers-token", rules: [] };
      await using here = await scene({ user });
      here.register(...["paris", "oslo", "lima", "rome"].map((name) => prod(name)));
      await here.sync();
      here.target.apply(application("paris"));
      here.register(prod("paris", { labels: { env: "retired" } }), prod("bonn"));
      await here.sync({ at: Date.now() - 2 * hour });
      await here.sync({ at: Date.now() - hour });
      user.rules = fromYaml("stdout", (await here.run("rbac", "--for", "viewer")).stdout).flatMap((object) =>
        rulesOf(object as RoleObject),
      );
      const { stdout } = await here.run(command);
      expect(stdout).toContain("waits until nobody uses it: Application/argocd/shop\n");
      const own = [...here.hub.requests, ...here.target.requests].filter(({ user: who }) => who === user.name);
      expect(own.length).toBeGreaterThan(0);
      expect(own.filter(({ verb, code }) => code >= 400 || !["get", "list", "watch"].includes(verb))).toEqual([]);
    },
  );

  it("is what sync then does, after which nothing would change", async () => {
    await using here = await scene();
    here.register(prod("paris"), prod("oslo"), { name: "lab", labels: { env: "dev" } });
    expect(lastLines((await here.run("plan")).stdout)).toBe("argocd: 2 to create, 0 unchanged");
    await here.sync();
    expect(here.target.list("Secret", "argocd").map(({ metadata }) => metadata.name)).toEqual(["fleet.oslo", "fleet.paris"]);
    expect(await here.run("plan")).toEqual({
      code: 0,
      stdout: "3 profiles were found, and no list here selects 1 of them\nargocd: 2 unchanged\n",
      stderr: "",
    });
  });

  it("shows a change as a diff: plain values in clear, secret ones as short hashes, old and new", async () => {
    await using here = await scene();
    here.register(prod("paris"), prod("oslo"));
    await here.sync();
    here.register(prod("paris", { labels: { env: "staging" }, server: "https://new.example.test:6443", ca: "" }));
    const { stdout } = await here.run("plan");
    expect(stdout).toMatch(
      new RegExp(
        [
          "  ~ Secret/argocd/fleet.paris for fleet/paris: labels.env, annotations.rollcall.dev/endpoint, data.server, data.config",
          "        metadata:",
          "          labels:",
          "      -     env: prod",
          "      \\+     env: staging",
          "          annotations:",
          "      -     rollcall.dev/endpoint: [0-9a-f]+",
          "      \\+     rollcall.dev/endpoint: [0-9a-f]+",
          "        data:",
          "      -   server: https://paris.example.test:6443",
          "      \\+   server: https://new.example.test:6443",
          "      -   config: sha256:[0-9a-f]{8}",
          "      \\+   config: sha256:[0-9a-f]{8}",
          "",
          "2 profiles were found",
          "argocd: 1 to change, 1 unchanged",
        ].join("\n"),
      ),
    );
  });

  it("shows a changed secret value by its hash alone, whatever anybody has put there", async () => {
    await using here = await scene();
    here.register(prod("paris"));
    await here.sync();
    const secret = here.target.get("Secret", "argocd", "fleet.paris")!;
    here.target.apply({ ...secret, data: { ...secret.data, config: btoa(JSON.stringify({ bearerToken: canary })), more: btoa(canary) } });
    for (const output of ["text", "json"]) {
      const { code, stdout, stderr } = await here.run("plan", "--all", "--output", output);
      expect(code).toBe(2);
      expect(stdout.match(/config: sha256:[0-9a-f]{8}/g)).toHaveLength(2);
      for (const secretText of [canary, btoa(canary), here.hub.token, here.target.token]) expect(stdout + stderr).not.toContain(secretText);
    }
  });

  it("says of a cluster that would leave why, when, how, and what that costs", async () => {
    await using here = await scene();
    here.register(...["paris", "oslo", "lima", "rome", "bonn"].map((name) => prod(name)));
    await here.sync();
    here.register(prod("paris", { labels: { env: "retired" } }));
    const { code, stdout } = await here.run("plan");
    expect(code).toBe(2);
    expect(stdout).toBe(
      [
        "argocd: 1 would leave",
        "  drain: ApplicationSets that select rollcall.dev/state: member delete their Applications there, and with them what those deployed; the Secret goes when no Application is left",
        "  guard: 1 more may go in this window; the next begins at TIME",
        "  - fleet/paris  deselected since TIME; drain, not before TIME",
        "      label it leaving → leave it out of answers → wait until nothing uses it → delete what stands for it",
        "",
        "5 profiles were found, and no list here selects 1 of them",
        "argocd: 1 would leave, 4 unchanged",
        "",
      ].join("\n"),
    );
    expect(here.target.get("ConfigMap", "rollcall", "rollcall-argocd-roll")!.data!["roll"]).not.toContain("paris");
  });

  it("says that the guard would hold, and gives the exact command once a yes would count", async () => {
    await using here = await scene();
    here.register(...["paris", "oslo", "lima", "rome"].map((name) => prod(name)));
    await here.sync();
    for (const name of ["paris", "oslo"]) here.hub.remove("ClusterProfile", "fleet", name);
    const early = await here.run("plan");
    expect(early.stdout).toContain(
      "guard: held, 2 of 4 would leave, half or more; a yes counts once Rollcall has written down who is missing",
    );
    expect(early.stdout).not.toContain("rollcall ack");
    await here.sync({ at: Date.now() - 2 * hour });
    const { stdout } = await here.run("plan");
    expect(stdout).toContain(
      "guard: held, 2 of 4 would leave, half or more; if that is meant, say yes to digest DIGEST: rollcall ack argocd DIGEST --config rollcall.yaml\n",
    );
    expect(stdout).toContain("      held: GuardHolds: 2 of 4 would leave, half or more\n");
    expect(lastLines(stdout)).toBe("argocd: 2 would leave (held), 2 unchanged");
  });

  it("says of a mode that lets nobody go what sync would do, and gives no command that would not count", async () => {
    await using here = await scene();
    here.register(prod("paris"));
    await here.sync();
    here.hub.remove("ClusterProfile", "fleet", "paris");
    await here.config([{ ...oneList, mode: "upsert" }]);
    const { code, stdout } = await here.run("plan");
    expect(code).toBe(2);
    expect(stdout).toContain("argocd: its mode is upsert; this is what mode sync would do\n");
    expect(stdout).not.toContain("rollcall ack");
  });

  it("changes nothing for whom the config keeps, and says who that is", async () => {
    await using here = await scene({ lists: [{ ...oneList, removal: { unregistered: { then: "keep" } } }] });
    here.register(prod("paris"), prod("oslo"));
    await here.sync();
    here.hub.remove("ClusterProfile", "fleet", "paris");
    const { code, stdout } = await here.run("plan");
    expect(code).toBe(0);
    expect(stdout).toContain("  - fleet/paris  unregistered since TIME; stays\n");
    expect(lastLines(stdout)).toBe("argocd: 1 kept although not chosen, 1 unchanged");
  });

  it("says who is refused, and what to do about it; nothing would change for that", async () => {
    await using here = await scene();
    here.register(prod("paris"), prod("lima", { provider: "unheard-of" }));
    await here.sync();
    expect(await here.run("plan")).toEqual({
      code: 0,
      stdout: [
        "argocd: 1 refused",
        '  ! fleet/lima  NoProvider: profile fleet/lima offers "unheard-of", configured is "fleet"; configure one that the profile offers',
        "",
        "2 profiles were found",
        "argocd: 1 unchanged, 1 refused",
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  it("cuts a plan that nobody would read to the end, unless all of it is wanted", async () => {
    await using here = await scene();
    here.register(...Array.from({ length: 53 }, (_, at) => prod(`c${String(at).padStart(2, "0")}`)));
    const shown = (text: string): number => text.match(/^ {2}\+ Secret/gm)!.length;
    const { stdout } = await here.run("plan");
    expect(shown(stdout)).toBe(50);
    expect(stdout).toContain("\n  … and 3 more; --all shows them\n");
    expect(lastLines(stdout)).toBe("argocd: 53 to create, 0 unchanged");
    expect(shown((await here.run("plan", "--all")).stdout)).toBe(53);
  });

  it("has colours when they are asked for, and none where nobody looks", async () => {
    await using here = await scene();
    here.register(prod("paris"));
    expect((await here.run("plan")).stdout).not.toContain("\u001b[");
    expect((await here.run("plan", "--color")).stdout).toContain("\u001b[32m      + kind: Secret\u001b[39m");
    expect((await here.run("plan", "--color", "--no-color")).stdout).not.toContain("\u001b[");
  });

  it("is for programs too", async () => {
    await using here = await scene();
    here.register(prod("paris"));
    const { code, stdout } = await here.run("plan", "--output", "json");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      lists: [{ list: "argocd", mode: "sync", creates: [{ cluster: "fleet/paris", key: "Secret/argocd/fleet.paris" }], unchanged: 0 }],
    });
  });

  it("says that a paused list does nothing of it now, and takes whom somebody excluded for one who leaves", async () => {
    await using here = await scene();
    here.register(...["paris", "oslo", "lima", "rome", "bonn"].map((name) => prod(name)));
    await here.sync();
    await here.run("exclude", "argocd", "paris", "--why", "it moves", "--by", "ada");
    await here.run("pause", "argocd", "--why", "an upgrade", "--by", "ada");
    const { code, stdout } = await here.run("plan");
    expect(code).toBe(2);
    expect(stdout).toMatch(/^argocd: it is paused, so nothing of this is done now: ada: an upgrade\n/);
    expect(lastLines(stdout)).toBe("argocd: 1 would leave, 4 unchanged");
  });

  it("cannot tell of another hub whose members have not proven to be the same, and can once they have", { timeout: 30_000 }, async () => {
    await using here = await scene();
    here.register(prod("paris"), prod("oslo"));
    await here.sync();
    await here.replaceHub();
    const empty = await here.run("plan");
    expect(empty.code).toBe(1);
    expect(empty.stdout).toMatch(
      /^argocd: of 2 nothing can be told: this hub is not the one that the list was made from; .*rollcall ack argocd DIGEST/,
    );
    expect(empty.stdout).toContain("\n  2 without a profile there: after a yes, unregistered: fleet/oslo, fleet/paris\n");
    expect(lastLines(empty.stdout)).toBe("argocd: 0 unchanged, 2 cannot be told");
    here.register(prod("paris"), prod("oslo", { server: "https://elsewhere.example.test:6443" }), prod("bonn"));
    const some = await here.run("plan");
    expect(some.code).toBe(1);
    expect(some.stdout).toContain(
      [
        "  1 the same cluster, as far as can be proven: fleet/paris",
        "  1 another cluster by the same name: the old one would leave, then that one joins: fleet/oslo",
        "  1 would be new",
        "",
      ].join("\n"),
    );
    here.hub.remove("ClusterProfile", "fleet", "bonn");
    here.register(prod("paris"), prod("oslo"));
    const proven = await here.run("plan");
    expect(proven.code).toBe(2);
    expect(proven.stdout.match(/^ {2}~ .*: (.*)$/gm)).toEqual([
      expect.stringMatching(/for fleet\/oslo: annotations.rollcall.dev\/cluster-uid$/) as string,
      expect.stringMatching(/for fleet\/paris: annotations.rollcall.dev\/cluster-uid$/) as string,
    ]);
  });

  it("says of a hub that was set back as well who proves to be the same, until all do", async () => {
    await using here = await scene();
    here.register(prod("paris"), prod("oslo"));
    await here.sync();
    const roll = here.target.get("ConfigMap", "rollcall", "rollcall-argocd-roll")!;
    const said = JSON.parse(roll.data!["roll"]!) as { readonly hub: string };
    const text = JSON.stringify({ ...said, hub: `${said.hub}, set back` });
    here.target.apply({ ...roll, data: { ...roll.data, roll: text } });
    const proven = await here.run("plan");
    expect({ code: proven.code, last: lastLines(proven.stdout) }).toEqual({ code: 0, last: "argocd: 2 unchanged" });
    here.hub.remove("ClusterProfile", "fleet", "oslo");
    const { code, stdout } = await here.run("plan");
    expect(code).toBe(1);
    expect(stdout).toContain(
      "\n  1 the same cluster, as far as can be proven: fleet/paris\n  1 without a profile there: after a yes, unregistered: fleet/oslo\n",
    );
  });

  it("cannot tell of a hub that it may not identify, and says which right is missing", async () => {
    const verbs = ["list", "watch", "get"];
    const rules = [
      { apiGroups: ["multicluster.x-k8s.io"], resources: ["clusterprofiles"], verbs },
      { apiGroups: [""], resources: ["secrets", "configmaps"], verbs },
    ];
    await using here = await scene({ user: { name: "viewer", token: "the-viewers-token", rules } });
    here.register(prod("paris"));
    await here.sync();
    const { code, stdout } = await here.run("plan", "--timeout", "1s");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^The hub cannot be read, so this is not the whole plan: GET \/api\/v1\/namespaces\/kube-system: 403 /);
  });

  it("cannot tell whom a decision chooses that it may not read, and says so with 1", async () => {
    const verbs = ["list", "watch", "get"];
    const rules = [
      { apiGroups: ["multicluster.x-k8s.io"], resources: ["clusterprofiles"], verbs },
      { apiGroups: [""], resources: ["secrets", "configmaps", "namespaces"], verbs },
    ];
    const follows = { ...oneList, select: { placement: { key: "web", api: "multicluster.x-k8s.io" } } };
    await using here = await scene({ lists: [follows], user: { name: "viewer", token: "the-viewers-token", rules } });
    here.register(prod("paris"), prod("oslo"));
    const { code, stdout } = await here.run("plan");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^argocd: of 2 nothing can be told: the placement decisions of .* cannot be followed, .* 403 /);
    expect(lastLines(stdout)).toBe("argocd: 0 unchanged, 2 cannot be told");
  });

  it("cannot tell while the hub is away, and says so with 1", async () => {
    await using here = await scene();
    here.register(prod("paris"));
    await here.sync();
    await here.hub.stop();
    const { code, stdout } = await here.run("plan", "--timeout", "1s");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^The hub cannot be read, so this is not the whole plan: .*ECONNREFUSED ADDRESS\n/);
    expect(stdout).toContain("argocd: of 1 nothing can be told: the hub cannot be read, so they stay what they are\n");
    expect(stdout).not.toContain("profiles were found");
    expect(lastLines(stdout)).toBe("argocd: 0 unchanged, 1 cannot be told");
  });

  it("shows the other lists while one target is away, and says with 1 that this is not all", async () => {
    const here = { ...oneList, name: "here", target: { namespace: "argocd", kubeconfig: "hub" } };
    await using place = await scene({ lists: [oneList, here] });
    place.register(prod("paris"));
    await place.target.stop();
    const { code, stdout } = await place.run("plan", "--timeout", "1s");
    expect(code).toBe(1);
    expect(stdout).toContain("  + Secret/argocd/fleet.paris for fleet/paris\n");
    expect(stdout).toMatch(
      /\nargocd: cannot be told, its target cannot be read: .*ECONNREFUSED ADDRESS\nhere: 1 to create, 0 unchanged\n$/,
    );
  });

  it("says at a first contact what was found, what no list selects, and which namespaces are not there", async () => {
    const user: { -readonly [Key in keyof HubUser]: HubUser[Key] } = { name: "viewer", token: "the-viewers-token", rules: [] };
    await using here = await scene({ user, lists: [{ ...oneList, target: { namespace: "argo", kubeconfig: "target" } }] });
    here.target.remove("Namespace", undefined, "rollcall");
    here.register({ name: "lab", labels: { env: "dev" } });
    const roles = fromYaml("stdout", (await here.run("rbac", "--for", "viewer")).stdout);
    user.rules = roles.flatMap((object) => rulesOf(object as RoleObject));
    const { code, stdout } = await here.run("plan");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: [
        "argocd: namespace argo is not there, and without it nothing can be written; make it first",
        "argocd: namespace rollcall is not there, and without it nothing can be written; make it first",
        "",
        "1 profile was found, and no list here selects it",
        "argocd: 0 unchanged",
        "",
      ].join("\n"),
    });
    user.rules = user.rules.filter(({ resourceNames }) => !resourceNames?.includes("argo"));
    expect((await here.run("plan")).stdout).toBe("1 profile was found, and no list here selects it\nargocd: 0 unchanged\n");
    here.hub.remove("ClusterProfile", "fleet", "lab");
    expect((await here.run("plan")).stdout).toContain("inventory: nothing was found in namespace fleet; is that where the profiles are?\n");
  });

  it("says who leaves by a decision that was written this moment, how many were found, and whose placement has none", async () => {
    const follows = (name: string, key: string): object => ({ ...oneList, name, select: { placement: { key } }, removal: {} });
    await using here = await scene({ lists: [follows("argocd", "web"), follows("other", "wbe")] });
    here.register(...["paris", "oslo", "lima", "rome", "tokyo"].map((name) => prod(name)));
    here.hub.apply(decision({ name: "web-0", key: "web", index: 0, of: ["paris", "oslo", "lima", "rome"] }));
    await here.sync();
    here.hub.apply(decision({ name: "web-0", key: "web", index: 0, of: ["paris", "oslo", "lima"] }));
    const { stdout, code } = await here.run("plan");
    expect(code).toBe(2);
    expect(stdout).toContain("argocd: 1 would leave\n");
    expect(stdout).toMatch(/- fleet\/rome {2}deselected since/);
    expect(stdout).toContain('other: whom its placement chooses is not known: there is no decision with key "wbe";');
    expect(stdout).toContain("\n1 decision was found\n");
  });

  it("looks at the lists that are named", async () => {
    await using here = await scene({
      lists: [oneList, { ...oneList, name: "tools", target: { namespace: "tools", kubeconfig: "target" } }],
    });
    expect((await here.run("plan", "--list", "tools")).stdout).toMatch(/\ntools: 0 unchanged\n$/);
    expect((await here.run("plan", "--list", "tools", "--list", "argocd")).stdout).toMatch(/\nargocd: 0 unchanged\ntools: 0 unchanged\n$/);
  });

  it.each([
    { args: ["--list", "none"], says: 'there is no list "none"; there are argocd' },
    { args: ["--output", "yaml"], says: '--output is text or json, got "yaml"' },
    { args: ["--timeout", "soon"], says: '--timeout: expected a duration such as 30s, 10m or 1h, got "soon"' },
    { args: ["--timeout", "0"], says: '--timeout: expected a duration of at least 1s, got "0"' },
  ])("$args ends with 1 and one line", async ({ args, says }) => {
    await using here = await scene();
    expect(await here.run("plan", ...args)).toEqual({ code: 1, stdout: "", stderr: `rollcall: ${says}\n` });
  });
});
