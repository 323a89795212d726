import { openTransport } from "@rollcall/kube";
import { startMemoryHub, type HubRule, type MemoryHub } from "@rollcall/memory-hub";
import { startProxy, type Proxy } from "@rollcall/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { soon } from "../answers/answers.test.helper.ts";
import type { Line } from "../reload.test.helper.ts";
import { argocd } from "./argocd.ts";
import { newPost, type Post } from "./post.ts";
import { applicationSet, kinds, toldInTheEnd, toldOn } from "./refresh.test.helper.ts";

const rights: HubRule = { verbs: ["list", "patch"], apiGroups: ["argoproj.io"], resources: ["applicationsets"], namespace: "argocd" };
const news = { list: "one", what: "clusters" } as const;

interface Bench {
  readonly hub: MemoryHub;
  readonly proxy: Proxy;
  readonly post: Post;
  readonly lines: readonly Line[];
  /** Objects of this consumer that ask for list `one`. */
  ask(...names: readonly string[]): void;
}

async function bench({ rules = [rights], served = kinds }: { rules?: readonly HubRule[]; served?: typeof kinds } = {}): Promise<Bench> {
  const users = [{ name: "rollcall", token: "the-keepers-own", rules }];
  const hub = await startMemoryHub({ kinds: served, namespaces: ["argocd"], users });
  onTestFinished(() => hub.stop());
  const proxy = await startProxy({ target: hub.url });
  onTestFinished(() => proxy.stop());
  const transport = openTransport({ url: proxy.url, token: async () => users[0]!.token });
  onTestFinished(() => transport.close());
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const lines: Line[] = [];
  const post = newPost({
    consumer: argocd(["rollcall"]),
    namespace: "argocd",
    to: async () => transport,
    log: (level, message, fields) => void lines.push({ level, message, ...fields }),
    signal: stopping.signal,
    rest: 400,
  });
  return {
    hub,
    proxy,
    post,
    lines,
    ask: (...names) => names.forEach((name) => hub.apply(applicationSet(name, { list: "one" }))),
  };
}

const said = ({ lines }: Bench, message: string): readonly Line[] => lines.filter((line) => line.message === message);
const requests = ({ hub }: Bench, verb: string): number => hub.requests.filter((each) => each.verb === verb).length;

describe("those who asked", () => {
  it("are all told, however many there are, a hundred in a turn and four at once", { timeout: 30_000 }, async () => {
    const here = await bench();
    const names = Array.from({ length: 250 }, (_, at) => `set-${at}`);
    here.ask(...names);
    let [now, most] = [0, 0];
    here.proxy.rule({
      verb: "patch",
      phase: "after",
      meanwhile: async () => {
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
      },
    });
    here.post.tell(news);
    await soon(() => expect(Object.keys(toldOn(here.hub))).toHaveLength(250));
    expect(await toldInTheEnd(here.hub)).toEqual(Object.fromEntries(names.map((name) => [name, 1])));
    expect(most).toBeLessThanOrEqual(4);
    expect(said(here, "told those who ask").map(({ objects }) => objects)).toEqual([100, 100, 50]);
  });

  it("are told too when they have come since others were told", async () => {
    const here = await bench();
    here.ask("web");
    here.post.tell(news);
    await soon(() => expect(toldOn(here.hub)).toEqual({ web: 1 }));
    here.ask("shop");
    here.post.tell(news);
    await soon(() => expect(toldOn(here.hub)).toEqual({ web: 2, shop: 1 }));
  });

  it("get one annotation, and nothing else of theirs is touched", async () => {
    const here = await bench();
    here.ask("web");
    const before = here.hub.get("ApplicationSet", "argocd", "web")!;
    here.post.tell(news);
    await soon(() => expect(toldOn(here.hub)).toEqual({ web: 1 }));
    const { metadata, ...after } = here.hub.get("ApplicationSet", "argocd", "web")!;
    expect(after).toEqual({ ...before, metadata: undefined, ...after });
    expect(Object.keys(metadata.annotations!)).toEqual(["mine", "argocd.argoproj.io/application-set-refresh"]);
    expect(here.proxy.requests.filter(({ verb }) => verb === "patch").map(({ body }) => Object.keys(JSON.parse(body) as object))).toEqual([
      ["metadata"],
    ]);
  });

  it("are told otherwise each time: after an error of theirs the same word again would be none", async () => {
    const here = await bench();
    here.ask("web");
    const words = new Set<string | undefined>();
    for (const times of [1, 2, 3]) {
      here.post.tell(news);
      await soon(() => expect(toldOn(here.hub)).toEqual({ web: times }));
      words.add(here.hub.get("ApplicationSet", "argocd", "web")!.metadata.annotations!["argocd.argoproj.io/application-set-refresh"]);
    }
    expect(words.size).toBe(3);
  });

  it("are told in the end, though their server is down for a while, cannot be asked, or breaks off", { timeout: 30_000 }, async () => {
    const here = await bench();
    here.ask("web", "shop");
    here.proxy.rule({ verb: "list", times: 2, answer: { status: 500 } });
    here.proxy.rule({ verb: "patch", name: "web", times: 1, answer: "reset" });
    here.post.tell(news);
    await soon(() => expect(toldOn(here.hub)).toEqual({ shop: 1, web: 1 }));
    expect(said(here, "those who ask cannot be told").length).toBeGreaterThanOrEqual(3);
  });

  it("are not kept waiting by one whose change is refused for good, which is not tried again and again", async () => {
    const validate = ({ metadata }: { readonly metadata: { readonly name: string; readonly annotations?: object } }): string | undefined =>
      metadata.name === "broken" && Object.keys(metadata.annotations ?? {}).length > 1 ? "spec.template: Invalid value" : undefined;
    const here = await bench({ served: kinds.map((kind) => ({ ...kind, validate })) });
    here.ask("broken", "web");
    here.post.tell(news);
    await soon(() => expect(toldOn(here.hub)).toEqual({ web: 1 }));
    await toldInTheEnd(here.hub);
    expect(requests(here, "patch")).toBe(2);
    here.post.tell(news);
    await soon(() => expect(toldOn(here.hub)).toEqual({ web: 2 }));
  });

  it("need not be there: who has gone meanwhile, and a server without the kind, are no trouble", async () => {
    const here = await bench();
    here.ask("web", "gone");
    here.proxy.rule({ verb: "patch", name: "gone", meanwhile: () => here.hub.remove("ApplicationSet", "argocd", "gone") });
    here.post.tell(news);
    await soon(() => expect(toldOn(here.hub)).toEqual({ web: 1 }));
    const without = await bench({ served: [], rules: [{ ...rights, verbs: ["*"], resources: ["*"] }] });
    without.post.tell(news);
    await soon(() => expect(without.proxy.requests.length).toBeGreaterThan(0));
    await toldInTheEnd(without.hub);
    expect([...here.lines, ...without.lines].filter(({ level }) => level !== "info")).toEqual([]);
    expect(without.proxy.requests).toHaveLength(1);
  });
});

describe("without the right", () => {
  it.each([
    { verb: "list", rules: [] },
    { verb: "patch", rules: [{ ...rights, verbs: ["list"] }] },
  ])("to $verb nobody is told, and the log says it once", async ({ verb, rules }) => {
    const here = await bench({ rules });
    here.ask("web");
    for (const times of [1, 2, 3]) {
      here.post.tell(news);
      await soon(() => expect(here.proxy.requests.filter((each) => each.verb === verb)).toHaveLength(times));
    }
    expect(here.lines).toEqual([
      expect.objectContaining({
        level: "warn",
        message: "telling those who ask is not allowed",
        kind: "ApplicationSet",
        namespace: "argocd",
        verb,
      }),
    ]);
  });
});
