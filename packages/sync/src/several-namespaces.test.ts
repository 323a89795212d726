import { final, fromBase64, remove, secretData, type Adapter } from "@rollcall/contract";
import { cluster, openWorkbench, patience, soon, type Engine, type Finishing, type Workbench } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { logins } from "./login-mark.test.helper.ts";
import { anchorOf } from "./standing.ts";

interface Options {
  readonly namespace: string;
}

const id = "fleet/paris";

/** One Secret with a token in each namespace, the anchor's last; more namespaces may follow while nobody looks. */
function wide(places: readonly string[]): Adapter<Options> {
  return {
    name: "wide",
    writes: () => places.map((namespace) => ({ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace })),
    login: () => "with a credential from us",
    entry: ({ name, connection: { server, login } }) =>
      places.map((namespace) => ({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, namespace },
        data: secretData({ name, server, token: login.kind === "credential" ? (login.token?.reveal() ?? "") : "" }),
      })),
    leave: () => ({ drain: [final(remove)], release: [final(remove)] }),
    plain: ["name"],
  };
}

async function withMember(test: Finishing, places: readonly string[]): Promise<readonly [Workbench, Engine]> {
  const bench = await openWorkbench({ adapter: wide(places), options: { namespace: "first" }, namespaces: ["second", "third"] });
  test.onTestFinished(() => bench.close());
  bench.fleet.put(cluster({ name: "paris" }));
  const engine = await bench.start({ connect: logins("first").connect });
  await engine.settle();
  return [bench, engine];
}

describe.concurrent("a list that writes one kind in several namespaces", patience, () => {
  it("writes nothing again when its watches start anew", async (test) => {
    const [bench, engine] = await withMember(test, ["first", "second"]);
    const before = bench.hub.requests.length;
    const since = (verb: string) => bench.hub.requests.slice(before).filter((each) => each.verb === verb && each.resource === "secrets");
    bench.hub.compact();
    bench.hub.closeWatches();
    await soon(() => expect(since("list").length).toBeGreaterThanOrEqual(2));
    await engine.settle();
    expect([...since("create"), ...since("patch")]).toEqual([]);
    expect(engine.target.of("list", id).map(({ key, kind }) => `${key} ${kind.namespace}`)).toEqual([
      "Secret/first/paris first",
      "Secret/second/paris second",
    ]);
  });

  it("knows the cluster by the object in the last one, in whatever order they were seen", async (test) => {
    const [, engine] = await withMember(test, ["first", "second"]);
    const own = engine.target.of("list", id);
    const kinds = wide(["first", "second"]).writes({ namespace: "first" });
    expect([own, own.toReversed()].map((each) => anchorOf(each, kinds)?.metadata.namespace)).toEqual(["second", "second"]);
  });

  it("hands a credential over in a namespace that joins, where the others' is still good", async (test) => {
    const places = ["first", "second"];
    const [bench, engine] = await withMember(test, places);
    await engine.stop();
    places.unshift("third");
    const next = await bench.start({ connect: logins("later").connect });
    await next.settle();
    const tokens = places.map((place) => fromBase64(bench.hub.get("Secret", place, "paris")?.data?.["token"] ?? ""));
    expect(tokens).toEqual(["later-0", "later-0", "later-0"]);
  });
});
