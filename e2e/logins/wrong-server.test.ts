import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { startBait, type Answers, type Bait } from "./bait.ts";
import { leaksOf } from "./leaks.ts";
import { kubeconfigSecret } from "./members.ts";
import { loginWorld, type LoginWorld } from "./world.ts";

const push = { kind: "secret", preset: "kubeconfig-secretreader" };
const tokens = { kind: "token-request", with: "push", serviceAccount: "access/visitor", hosts: ["localhost"] };

describe("a profile that points a credential at somebody else's server", () => {
  let hub: ControlPlane;
  beforeAll(async () => {
    hub = await startControlPlane({ crds: [crds.clusterProfiles] });
  });
  afterAll(() => hub?.stop());

  async function newWorld(providers: object): Promise<LoginWorld> {
    const world = await loginWorld(hub, { providers: () => providers });
    onTestFinished(() => world.close());
    return world;
  }

  async function bait(answers?: Answers): Promise<Bait> {
    const made = await startBait(answers);
    onTestFinished(() => made.stop());
    return made;
  }

  const at = ({ server, ca }: Bait) => ({ server, ca });
  const way = { provider: "push", config: { name: "paris-login", key: "value" } };
  const hostOf = ({ server }: Bait): string => new URL(server).host;

  it("gets not one byte of it, and the list goes on with the server that it was made for", async () => {
    const [home, thief] = [await bait(), await bait()];
    const world = await newWorld({ settings: { push } });
    await hub.apply(kubeconfigSecret({ namespace: world.fleet, name: "paris", token: "canary-of-paris", ...at(home) }));
    await world.publish("paris", [{ ...way, ...at(home) }]);
    const program = await world.start();
    const before = await world.listed("paris", ({ token }) => token === "canary-of-paris");

    const from = program.lines.length;
    await world.publish("paris", [{ ...way, ...at(thief) }]);
    const said = await program.says({ message: "state", cluster: `${world.fleet}/paris`, verdict: { reason: "WrongServer" } }, from);
    expect(JSON.stringify(said)).toContain(hostOf(home));
    expect(JSON.stringify(said)).toContain(hostOf(thief));
    expect(await world.entry("paris")).toEqual(before);
    // The right address behind a certificate authority of its own choosing is somebody else, too.
    await world.publish("paris", [{ ...way, ...at(home), ca: thief.ca }]);
    await program.says({ message: "state", cluster: `${world.fleet}/paris`, verdict: { reason: "WrongCa" } }, from);
    expect(await world.entry("paris")).toEqual(before);
    expect([home.heard(), thief.heard()]).toEqual(["", ""]);
    expect(await leaksOf(world)).toEqual([]);
  });

  it("gets not one byte of it where we log in to the server ourselves, not even by a redirect from the right one", async () => {
    const thief = await bait();
    const home = await bait(() => `HTTP/1.1 307 Temporary Redirect\r\nlocation: ${thief.server}/api\r\ncontent-length: 0\r\n\r\n`);
    const local = (of: Bait) => ({ server: of.server.replace("127.0.0.1", "localhost"), ca: of.ca });
    const world = await newWorld({ settings: { tokens, push } });
    const made = { namespace: world.fleet, token: "canary-of-the-broker", ...local(home) };
    for (const name of ["paris", "rome", "oslo"]) await hub.apply(kubeconfigSecret({ ...made, name }));
    const ways = (name: string, first: Bait, second: Bait) => [
      { provider: "tokens", ...local(first) },
      { provider: "push", config: { name: `${name}-login`, key: "value" }, ...local(second) },
    ];
    await world.publish("paris", ways("paris", thief, home));
    await world.publish("rome", ways("rome", thief, thief));
    await world.publish("oslo", ways("oslo", home, home));
    const program = await world.start();
    for (const name of ["paris", "rome"])
      await program.says({ message: "state", cluster: `${world.fleet}/${name}`, verdict: { reason: "WrongServer" } });
    await program.says({ message: "state", cluster: `${world.fleet}/oslo`, verdict: { is: "stale" } });
    // The server that it was made for has got it, so the other would have been heard as well.
    expect(home.heard()).toContain("canary-of-the-broker");
    expect(thief.heard()).toBe("");
    expect(await leaksOf(world)).toEqual([]);
  });

  it("and a server that repeats what it is sent is not quoted with it", async () => {
    const home = await bait((request) => {
      const said = /authorization: .*/i.exec(request)?.[0] ?? "";
      return `HTTP/1.1 500 Internal Server Error\r\ncontent-length: ${said.length}\r\n\r\n${said}`;
    });
    const local = { server: home.server.replace("127.0.0.1", "localhost"), ca: home.ca };
    const world = await newWorld({ settings: { tokens, push } });
    await hub.apply(kubeconfigSecret({ namespace: world.fleet, name: "paris", token: "canary-of-the-broker", ...local }));
    await world.publish("paris", [
      { provider: "tokens", ...local },
      { ...way, ...local },
    ]);
    const program = await world.start();
    await program.says({ message: "state", cluster: `${world.fleet}/paris`, verdict: { reason: "Unreachable" } });
    expect(home.heard()).toContain("canary-of-the-broker");
    expect(await leaksOf(world)).toEqual([]);
  });
});
