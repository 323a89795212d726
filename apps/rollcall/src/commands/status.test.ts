import { hash } from "node:crypto";
import { labels } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { application, canary, oneList, prod, scene, type Scene } from "./look.test.helper.ts";

// A little more than an hour each, so that an age stays what it is while a test runs.
const hour = 3_610_000;
const five = ["paris", "oslo", "lima", "rome", "bonn"];

async function withMembers(given: Parameters<typeof scene>[0] = {}): Promise<Scene> {
  const here = await scene(given);
  here.register(...five.map((name) => prod(name)));
  await here.sync({ at: Date.now() - 5 * hour });
  return here;
}

describe("rollcall status", () => {
  it("says in a line that all is well, with 0, and writes nothing", async () => {
    await using here = await withMembers();
    const before = here.writes().length;
    expect(await here.run("status")).toEqual({ code: 0, stdout: "argocd (sync): 5 members\n", stderr: "" });
    expect(here.writes()).toHaveLength(before);
  });

  it("names the members that are well when asked to", async () => {
    await using here = await withMembers();
    expect((await here.run("status", "--all")).stdout).toContain("\n  fleet/bonn   member  -        now    -      \n".trimEnd());
  });

  it("tells of a held removal since when, and the exact command that says yes, with 2", async () => {
    await using here = await withMembers();
    for (const name of ["paris", "oslo", "lima"]) here.hub.remove("ClusterProfile", "fleet", name);
    await here.sync({ at: Date.now() - 4 * hour });
    const { code, stdout } = await here.run("status");
    expect(code).toBe(2);
    expect(stdout).toContain(
      "  guard: held, 3 of 5 would leave, half or more; if that is meant, say yes to digest DIGEST: rollcall ack argocd DIGEST --config rollcall.yaml\n",
    );
    expect(stdout).toContain("  fleet/lima   missing  held     4h     unregistered  GuardHolds: 3 of 5 would leave, half or more\n");
  });

  it("calls nobody leaving before that has begun: who may go is missing still, the longest missing first, and the others are paced", async () => {
    await using here = await scene({ lists: [{ ...oneList, removal: { guard: { percent: 20, max: 5 } } }] });
    here.register(...Array.from({ length: 11 }, (_, at) => prod(`c${at}`)));
    await here.sync({ at: Date.now() - 9 * hour });
    here.hub.remove("ClusterProfile", "fleet", "c7");
    await here.sync({ at: Date.now() - 5 * hour });
    for (const name of ["c1", "c2", "c3"]) here.hub.remove("ClusterProfile", "fleet", name);
    // Nobody went meanwhile: the one that was missing already is as it was.
    const roll = here.target.get("ConfigMap", "rollcall", "rollcall-argocd-roll")!;
    await here.sync({ at: Date.now() - 5 * hour + 1000 });
    expect(here.target.get("ConfigMap", "rollcall", "rollcall-argocd-roll")!.data).not.toEqual(roll.data);
    const { code, stdout } = await here.run("status");
    expect({ code, first: stdout.split("\n")[0] }).toEqual({ code: 0, first: "argocd (sync): 7 members, 4 missing" });
    expect(stdout).toMatch(/ {2}fleet\/c7 {2}missing {2}- +5h +unregistered {2}leaves now: delete what stands for it\n/);
    expect(stdout.match(/leaves now: /g)).toHaveLength(2);
    expect(
      stdout.match(/GuardPaces: 2 may go in this window, and others have been missing for longer; the next may go at TIME\n/g),
    ).toHaveLength(2);
    const plan = await here.run("plan");
    expect(plan.stdout).toContain("  - fleet/c7  unregistered since TIME; release, leaves now: delete what stands for it\n");
    expect(plan.stdout).toMatch(/\nargocd: 4 would leave \(2 held\), 7 unchanged\n$/);
  });

  it("wakes nobody for a cluster that goes by itself in the guard's next window", async () => {
    await using here = await withMembers();
    here.register(prod("ams"), prod("rio"));
    for (const name of ["paris", "oslo"]) here.hub.remove("ClusterProfile", "fleet", name);
    await here.sync({ at: Date.now() - 4 * hour });
    await here.sync({ at: Date.now() - 60_000 });
    const { code, stdout } = await here.run("status");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^argocd \(sync\): 5 members, 1 missing, 1 leaving\n|^argocd \(sync\): 5 members, 1 missing\n/);
    expect(stdout).toMatch(
      / missing {2}held {5}4h {5}unregistered {2}GuardPaces: 1 clusters? left list "argocd" in this window; the next may go at TIME\n/,
    );
    expect(stdout).toContain("  guard: 0 more may go in this window; the next begins at TIME\n");
  });

  it("says when a cluster may go that is in its grace; nobody is needed for that", async () => {
    await using here = await withMembers();
    here.register(prod("paris", { labels: { env: "retired" } }));
    const { code, stdout } = await here.run("status");
    expect(code).toBe(0);
    expect(stdout).toContain("  fleet/paris  missing  -        now    deselected  drain, not before TIME\n");
  });

  it("names who still uses a cluster that is leaving", async () => {
    await using here = await withMembers();
    here.target.apply(application("paris"));
    here.register(prod("paris", { labels: { env: "retired" } }));
    await here.sync({ at: Date.now() - 4 * hour });
    await here.sync({ at: Date.now() - 2 * hour });
    expect(here.target.get("Secret", "argocd", "fleet.paris")!.metadata.labels).toMatchObject({ [labels.state]: "leaving" });
    const { code, stdout } = await here.run("status");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "  fleet/paris  leaving  waits    4h     deselected  InUse: waits until nobody uses it: Application/argocd/shop\n",
    );
  });

  it("tells of a credential that ended, and when one will", async () => {
    await using here = await withMembers();
    const ends = (name: string, until: string): void => {
      const { metadata, ...rest } = here.target.get("Secret", "argocd", `fleet.${name}`)!;
      const keys = { server: [hash("sha256", rest.data!["server"]!, "base64url").slice(0, 22), "around it"] };
      const word = JSON.stringify({ by: "a", provider: "fleet", from: "2026-01-01T00:00:00.000Z", until, keys });
      const annotations = { ...metadata.annotations, "rollcall.dev/login": word };
      const { resourceVersion: _, ...sent } = metadata;
      here.target.apply({ ...rest, metadata: { ...sent, annotations } });
    };
    ends("paris", "2026-01-02T00:00:00.000Z");
    ends("rome", new Date(Date.now() + hour).toISOString());
    const { code, stdout } = await here.run("status", "--output", "json");
    expect(code).toBe(2);
    const { lists } = JSON.parse(stdout) as {
      lists: readonly { clusters: readonly { cluster: string; credentialUntil?: string; verdict?: object }[] }[];
    };
    const of = (name: string) => lists[0]!.clusters.find(({ cluster }) => cluster === `fleet/${name}`);
    expect(of("paris")).toMatchObject({ verdict: { is: "stale", reason: "CredentialExpired" } });
    expect((await here.run("status", "--all", "--output", "json")).stdout).toContain('"credentialUntil": "TIME"');
  });

  it("puts first who needs somebody, with the reason and the remedy", async () => {
    await using here = await withMembers();
    here.register(prod("ams"), prod("rome", { provider: "unheard-of" }));
    const { code, stdout } = await here.run("status", "--all");
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^argocd \(sync\): 5 members, 1 newcomer; 1 to be written: if that stays so, no Rollcall is at work, or its log says what keeps it from writing [^\n]*\n/,
    );
    expect(stdout.split("\n").slice(2, 4)).toEqual([
      '  fleet/rome   member    stale    now    -      NoProvider: profile fleet/rome offers "unheard-of", configured is "fleet"; configure one that the profile offers',
      "  fleet/ams    newcomer  -        now    -      to be written",
    ]);
  });

  it("names the orders that hold, who gave them and why; whom they keep needs nobody", async () => {
    await using here = await withMembers();
    here.register(prod("paris", { labels: { env: "retired" } }));
    await here.sync({ at: Date.now() - 4 * hour });
    expect((await here.run("hold", "argocd", "fleet/paris", "--why", "ticket 7")).code).toBe(0);
    expect((await here.run("exclude", "argocd", "fleet/rome", "--why", "moved")).code).toBe(0);
    const { code, stdout } = await here.run("status");
    expect(stdout).toMatch(/\n {2}fleet\/paris {2}missing {2}held {5}4h {5}deselected {2}Hold: it is held by order: .*ticket 7\n/);
    expect(stdout).toMatch(/\n {2}by order: hold fleet\/paris: .*ticket 7\n {2}by order: exclude fleet\/rome: .*moved\n/);
    expect(code).toBe(0);
  });

  it("lists every member by what stands and by the roll when the hub is away, and says so first", async () => {
    await using here = await withMembers();
    here.hub.remove("ClusterProfile", "fleet", "paris");
    await here.sync({ at: Date.now() - 4 * hour });
    await here.hub.stop();
    const { code, stdout } = await here.run("status", "--timeout", "1s");
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^The hub cannot be read, so nobody is let go; what follows is by what stands and by the roll: .*ECONNREFUSED ADDRESS\n/,
    );
    expect(stdout).toContain(
      "  fleet/paris  missing  stale    4h     unregistered  HubUnread: the hub cannot be read, so it stays what it is\n",
    );
    for (const name of five.filter((each) => each !== "paris")) expect(stdout).toContain(`  fleet/${name.padEnd(5)}  member   stale `);
  });

  it("asks nobody for a yes to what cannot be seen", async () => {
    await using here = await withMembers();
    for (const name of ["paris", "oslo", "lima"]) here.hub.remove("ClusterProfile", "fleet", name);
    await here.sync({ at: Date.now() - 4 * hour });
    expect((await here.run("status")).stdout).toContain("say yes to digest DIGEST");
    await here.hub.stop();
    expect((await here.run("status", "--timeout", "1s")).stdout).not.toContain("say yes");
  });

  it("shows the other lists while one target is away; with no target at all it could not look", async () => {
    const onHub = { ...oneList, name: "here", target: { namespace: "argocd", kubeconfig: "hub" } };
    await using here = await withMembers({ lists: [oneList, onHub] });
    await here.target.stop();
    const both = await here.run("status", "--timeout", "1s");
    expect(both.code).toBe(2);
    expect(both.stdout).toMatch(/^argocd: its target cannot be read: .*ECONNREFUSED ADDRESS\n\nhere \(sync\): 5 members\n$/);
    expect((await here.run("status", "--list", "argocd", "--timeout", "1s")).code).toBe(1);
  });

  it("answers for one cluster, on the list or not, and says why not", async () => {
    await using here = await withMembers();
    here.register({ name: "lab", labels: { env: "dev" } });
    here.hub.apply({
      apiVersion: "multicluster.x-k8s.io/v1alpha1",
      kind: "ClusterProfile",
      metadata: { name: "odd", namespace: "fleet" },
      spec: { clusterManager: { name: "" } },
    });
    const last = async (id: string): Promise<string> => (await here.run("status", "--cluster", id)).stdout.trimEnd().split("\n").at(-1)!;
    expect(await last("paris")).toBe(await last("fleet/paris"));
    expect(await last("fleet/paris")).toBe("  fleet/paris  member  -        now    -");
    expect(await last("fleet/lab")).toBe("  fleet/lab  not on the list  -        now    -      the list does not choose it");
    expect(await last("fleet/none")).toBe(
      "  fleet/none  not on the list  -        now    -      it has no profile, and nothing stands for it",
    );
    expect(await last("fleet/odd")).toMatch(/^ {2}fleet\/odd {2}not on the list {2}stale {4}now {4}- {6}\w+: /);
  });

  it("is for programs too, and shows nothing secret", async () => {
    await using here = await withMembers();
    here.register(prod("rome", { provider: "unheard-of" }));
    const { stdout } = await here.run("status", "--output", "json");
    expect(JSON.parse(stdout)).toMatchObject({
      lists: [
        {
          list: "argocd",
          states: { member: 5 },
          clusters: [{ cluster: "fleet/rome", verdict: { reason: "NoProvider" }, needsSomebody: true }],
        },
      ],
    });
    for (const secret of [canary, here.hub.token, here.target.token]) expect(stdout).not.toContain(secret);
  });

  it("says of a mode that lets nobody go that this is why", async () => {
    await using here = await withMembers();
    here.hub.remove("ClusterProfile", "fleet", "paris");
    await here.config([{ ...oneList, mode: "observe" }]);
    const { code, stdout } = await here.run("status");
    expect(code).toBe(0);
    expect(stdout).toContain("Mode: mode is observe: nobody leaves; set mode: sync to let it go\n");
  });

  it("asks nobody for a yes where the mode lets nobody go, however many are missing", async () => {
    await using here = await withMembers();
    for (const name of five) here.hub.remove("ClusterProfile", "fleet", name);
    await here.config([{ ...oneList, mode: "upsert" }]);
    const { code, stdout } = await here.run("status");
    expect(code).toBe(0);
    expect(stdout).not.toContain("guard:");
    expect((await here.run("plan")).stdout).toContain("guard: in mode sync a person would be asked first: nobody would be left\n");
  });
});
