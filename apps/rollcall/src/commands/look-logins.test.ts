import { Hidden, kubeconfig, secretData } from "@rollcall/contract";
import { ca, reachable, type GivenProfile } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { oneList, prod, scene, type Scene } from "./look.test.helper.ts";

const canary = "canary-5d1e";

function fleet(): Promise<Scene> {
  return scene({
    lists: [{ ...oneList, options: { login: "with a credential from us" } }],
    providers: { settings: { push: { kind: "secret", preset: "kubeconfig-secretreader" } } },
  });
}

const pushed = (name: string, given: Partial<GivenProfile> = {}): GivenProfile =>
  prod(name, { provider: "push", config: { name: `${name}-login`, key: "value" }, ca, ...given });

/** The Secret with a cluster's kubeconfig, which may or may not name its profile. */
function login({ hub }: Scene, name: string, names = name): void {
  const connection = { login: { kind: "credential", provider: "push", token: new Hidden(canary) } } as const;
  const metadata = { name: `${name}-login`, namespace: "fleet", annotations: { "rollcall.dev/consent": `fleet/${names}` } };
  hub.apply({ apiVersion: "v1", kind: "Secret", metadata, data: secretData({ value: kubeconfig(reachable({ name, connection })) }) });
}

const word = ({ target }: Scene) => target.get("ConfigMap", "rollcall", "rollcall-argocd-roll")?.data?.["logins"];

describe("whoever only looks and tries no login", () => {
  it("is told what came of those that were tried, what to do about it, and no secret; and no more once it is mended", async () => {
    await using here = await fleet();
    login(here, "paris");
    login(here, "rome", "oslo");
    here.register(pushed("paris"), pushed("rome"));
    await here.sync();
    const status = await here.run("status");
    expect(status.stdout).toMatch(/ {2}fleet\/rome {2}newcomer {2}stale .* NoConsent: .*rollcall\.dev\/consent/);
    expect([status.code, status.stdout]).toEqual([2, expect.not.stringContaining("fleet/paris")]);
    const plan = await here.run("plan");
    expect(plan.stdout).toMatch(/fleet\/rome {2}NoConsent: .*\(found at TIME, when a login was tried\)/);
    expect(plan.stdout).toMatch(/\nargocd: 1 unchanged, 1 refused\n$/);
    expect(`${status.stdout}${plan.stdout}${word(here)}`).not.toContain(canary);

    login(here, "rome");
    await here.sync();
    expect(await here.run("status")).toMatchObject({ code: 0, stdout: "argocd (sync): 2 members\n" });
    expect((await here.run("plan")).stdout).toMatch(/argocd: 2 unchanged\n$/);
    expect(word(here)).toBeUndefined();
  });

  it("is told nothing of another mode's time, and is not sent to look for a Rollcall that is at work", async () => {
    await using here = await fleet();
    login(here, "rome", "oslo");
    here.register(pushed("rome"));
    await here.sync();
    expect((await here.run("status")).stdout.split("\n")[0]).toBe("argocd (sync): 0 members, 1 newcomer");
    await here.config([{ ...oneList, mode: "upsert", options: { login: "with a credential from us" } }]);
    expect((await here.run("plan")).stdout).toMatch(/argocd: 1 to create, 0 unchanged\n$/);
  });

  it("needs no word for what is seen without a login", async () => {
    await using here = await fleet();
    here.register(pushed("paris", { provider: null }), pushed("rome", { provider: "other" }));
    await here.sync();
    expect(word(here)).toBeUndefined();
    expect((await here.run("status")).stdout).toMatch(/NoAccess: [^]*NoProvider: /);
  });

  it("is shown no hash of a credential that nobody has got", async () => {
    await using here = await fleet();
    here.register(pushed("paris"));
    const { stdout } = await here.run("plan");
    expect(stdout).toMatch(/\n +\+ +config: \(with a credential that is got when it is written\)\n/);
    expect(stdout).not.toContain("sha256:");
  });

  it("does not take another server for a change that is refused where it is tried", async () => {
    await using here = await fleet();
    login(here, "paris");
    here.register(pushed("paris"));
    await here.sync();
    here.register(pushed("paris", { server: "https://elsewhere.example.test" }));
    await here.sync();
    const plan = await here.run("plan");
    expect(plan.stdout).toMatch(/fleet\/paris {2}WrongServer: /);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringMatching(/\nargocd: 0 unchanged, 1 refused\n$/) as string });
  });

  it("is told what would be taken back", async () => {
    await using here = await fleet();
    login(here, "paris");
    here.register(pushed("paris"));
    await here.sync();
    here.register(pushed("paris", { provider: null }));
    const before = await here.run("plan");
    expect(before.stdout).toMatch(/fleet\/paris {2}NoAccess: /);
    expect(before).toMatchObject({ code: 2, stdout: expect.stringMatching(/\n +- +config: sha256:[0-9a-f]{8}\n/) as string });
  });

  it("writes the same words once, however often it is started", async () => {
    await using here = await fleet();
    login(here, "rome", "oslo");
    here.register(pushed("rome"));
    await here.sync();
    const [said, writes] = [word(here), here.writes().length];
    await here.sync();
    expect([word(here), here.writes().length]).toEqual([said, writes]);
  });
});
