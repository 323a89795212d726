import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { until } from "../stories/world.ts";
import { leaksOf } from "./leaks.ts";
import { access, asksForTokensOf, kubeconfigSecret, listing, listsNamespaces, readerOf, showsItsKeys, trusting } from "./members.ts";
import { loginWorld, type LoginWorld, type Settings } from "./world.ts";

const secretReader = { kind: "secret", preset: "kubeconfig-secretreader" };

describe("logins on real servers", () => {
  let hub: ControlPlane;
  let paris: ControlPlane;
  let rome: ControlPlane;
  const worlds: LoginWorld[] = [];

  beforeAll(async () => {
    hub = await startControlPlane({ crds: [crds.clusterProfiles] });
    await hub.apply(showsItsKeys);
    // The members ask the hub for its keys as soon as they start.
    [paris, rome] = await Promise.all([startControlPlane({ flags: trusting(hub) }), startControlPlane({ flags: trusting(hub) })]);
  });
  afterAll(async () => {
    for (const world of worlds) await world.close();
    for (const plane of [hub, paris, rome]) await plane?.stop();
  });

  async function newWorld(settings: Settings): Promise<LoginWorld> {
    const world = await loginWorld(hub, settings);
    worlds.push(world);
    return world;
  }

  const at = ({ url: server, ca }: ControlPlane) => ({ server, ca });
  const readsSecret = (name: string) => ({ provider: "push", config: { name: `${name}-login`, key: "value" } });

  it("a token that the member made for its reader opens the member, until that reader is no more", async () => {
    const tokens = { kind: "token-request", with: "push", serviceAccount: `${access}/visitor`, expiration: "20m", hosts: ["127.0.0.1"] };
    const world = await newWorld({ providers: () => ({ settings: { tokens, push: secretReader } }) });
    const id = `${world.fleet}/paris`;
    const broker = await paris.account("broker", access, asksForTokensOf("visitor"));
    await readerOf(paris, "visitor");
    await hub.apply(kubeconfigSecret({ namespace: world.fleet, name: "paris", token: broker.token, ...at(paris) }));
    await world.publish("paris", [
      { provider: "tokens", ...at(paris) },
      { ...readsSecret("paris"), ...at(paris) },
    ]);
    const first = await world.start();
    const { token, mark } = await world.listed("paris", (entry) => entry.token);
    expect(await listing(paris, token!)).toBe(200);
    expect(await listing(rome, token!)).toBe(401);
    expect(token).not.toBe(broker.token);
    // As granted, not as asked for: a server may add to what was asked for, or take from it.
    expect(new Date(mark!.until).getTime()).toBe(claimsOf(token!).exp * 1000);

    expect(await first.stop()).toBe(0);
    const [hubMark, parisMark] = [await hub.mark(), await paris.mark()];
    const second = await world.start();
    await sleep(2000);
    expect(await world.writes(hubMark)).toEqual([]);
    expect(await paris.audit({ since: parisMark, subresource: "token" })).toEqual([]);

    await paris.remove("ServiceAccount", access, "visitor");
    await until("the token is revoked", async () => (await listing(paris, token!)) === 401);
    // The next token is asked for because the way there is described anew; nothing else would need one for ten minutes.
    await world.publish("paris", [
      { provider: "tokens", config: { generation: 2 }, ...at(paris) },
      { ...readsSecret("paris"), ...at(paris) },
    ]);
    await second.says({ message: "state", cluster: id, state: "member", verdict: { is: "stale", reason: "NoServiceAccount" } });
    expect((await world.entry("paris"))?.token).toBe(token);

    await readerOf(paris, "visitor");
    const renewed = await world.listed("paris", (entry) => entry.token !== token);
    expect(await listing(paris, renewed.token!)).toBe(200);
    world.hidden.add(broker.token);
    expect(await leaksOf(world)).toEqual([]);
  });

  it("a token of the hub that is for one member opens that member, and neither the hub nor another member", async () => {
    const visits = { kind: "hub-token", serviceAccount: "visits/argocd", expiration: "10m", hosts: ["127.0.0.1"] };
    const world = await newWorld({ providers: () => ({ settings: { visits } }) });
    const account = { name: "argocd", namespace: "visits" };
    await hub.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
    for (const member of [paris, rome])
      await member.apply(
        listsNamespaces({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "hub:system:serviceaccount:visits:argocd" }),
      );
    // What the hub itself would let it do shows that the hub does not take the token, rather than its bearer.
    await hub.apply(listsNamespaces({ kind: "ServiceAccount", ...account }));
    await world.publish("paris", [{ provider: "visits", ...at(paris) }]);
    await world.publish("rome", [{ provider: "visits", ...at(rome) }]);
    await world.start();
    const [forParis, forRome] = [await world.listed("paris", ({ token }) => token), await world.listed("rome", ({ token }) => token)];
    expect(claimsOf(forParis.token!)).toMatchObject({ aud: [paris.url], sub: "system:serviceaccount:visits:argocd" });
    await until("paris knows the keys of the hub", async () => (await listing(paris, forParis.token!)) === 200);
    await until("rome knows the keys of the hub", async () => (await listing(rome, forRome.token!)) === 200);
    expect(await listing(rome, forParis.token!)).toBe(401);
    expect(await listing(paris, forRome.token!)).toBe(401);
    expect(await listing(hub, forParis.token!)).toBe(401);
    expect(await leaksOf(world)).toEqual([]);
  });

  it("a kubeconfig in a Secret is read, followed when it changes, and taken back with the consent", async () => {
    const world = await newWorld({ providers: () => ({ settings: { push: secretReader } }) });
    const id = `${world.fleet}/paris`;
    const [one, two] = [await readerOf(paris, "one"), await readerOf(paris, "two")];
    const secret = { namespace: world.fleet, name: "paris", ...at(paris) };
    await hub.apply(kubeconfigSecret({ ...secret, token: one }));
    await world.publish("paris", [{ ...readsSecret("paris"), ...at(paris) }]);
    const program = await world.start();
    expect(await listing(paris, (await world.listed("paris", ({ token }) => token)).token!)).toBe(200);

    const rotated = await hub.mark();
    await hub.apply(kubeconfigSecret({ ...secret, token: two }));
    await world.listed("paris", ({ token }) => token === two, 60);
    expect((await world.listWrites(rotated)).map(({ verb }) => verb)).toEqual(["patch"]);

    const withdrawn = await hub.mark();
    await hub.apply(kubeconfigSecret({ ...secret, token: two }, { "rollcall.dev/consent": `${world.fleet}/lyon` }));
    const left = await world.listed("paris", ({ token }) => token === undefined, 60);
    expect(left.server).toBe(paris.url);
    await program.says({ message: "state", cluster: id, state: "member", verdict: { is: "stale", reason: "NoConsent" } });
    await sleep(1000);
    expect((await world.listWrites(withdrawn)).map(({ verb }) => verb)).toEqual(["patch"]);

    await hub.apply(kubeconfigSecret({ ...secret, token: two }));
    await world.listed("paris", ({ token }) => token === two, 120);
    expect(await leaksOf(world)).toEqual([]);
  });
});

function claimsOf(token: string): { readonly exp: number; readonly sub: string; readonly aud: readonly string[] } {
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
}
