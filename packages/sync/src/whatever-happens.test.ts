import { fromBase64, type Cluster, type KubeObject } from "@rollcall/contract";
import { ApiError, type Call } from "@rollcall/kube";
import { acknowledge, cluster, patience, rollObjectOf, toyWorkbench, toys, visit, type Engine, type Workbench } from "@rollcall/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRoll } from "./roll.ts";

/** What may happen to a list, in any order and at any moment. */
type Happening =
  | {
      readonly is: "profile";
      readonly name: string;
      readonly server: string;
      readonly uid: string;
      readonly env: string;
      readonly tier: string;
    }
  | { readonly is: "no profile" | "visit" | "no visit" | "deleted by hand"; readonly name: string }
  | { readonly is: "time"; readonly seconds: number }
  | { readonly is: Word };

const words = ["stop", "kill", "ack", "quiet", "watches end", "lost answer", "failed call", "second program"] as const;
type Word = (typeof words)[number];

const places = ["paris", "rome", "lima", "oslo", "kyiv", "bern"];
const name = fc.constantFrom(...places);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant("profile" as const),
      name,
      server: fc.constantFrom("own", "own", "own", "moved", "shared"),
      uid: fc.constantFrom("1", "1", "2"),
      env: fc.constantFrom("in", "in", "out"),
      tier: fc.constantFrom("gold", "lead"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constantFrom(...(["no profile", "visit", "no visit", "deleted by hand"] as const)), name }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant("time" as const), seconds: fc.constantFrom(1, 30, 61, 601) }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constantFrom(...words) }) },
);

describe.concurrent("whatever happens", () => {
  it.for([1, 2, 3, 4, 5])("in the end stands what is chosen, and what is kept for a reason (%i)", patience, async (seed) => {
    const lives = fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 14 }), async (happenings) => {
      const life = await begin();
      try {
        for (const each of happenings) await life.happen(each);
        await life.comesToRest();
      } finally {
        await life.end();
      }
    });
    await fc.assert(lives, { seed, numRuns: 3, endOnFailure: true });
  });
});

interface Life {
  happen(what: Happening): Promise<void>;
  comesToRest(): Promise<void>;
  end(): Promise<void>;
}

/** Six clusters, one program, and an eye on every call. */
async function begin(): Promise<Life> {
  const ends: (() => Promise<void>)[] = [];
  const removals = { deselected: { then: "drain", after: 30 }, unregistered: { then: "release", after: 60 } } as const;
  const bench = await toyWorkbench({ onTestFinished: (end) => void ends.push(end) }, { removals });
  bench.fleet.select(({ labels }) => labels["env"] !== "out");
  bench.fleet.put(...places.map((each) => cluster({ name: each, manager: each })));
  const eye = oracle();
  const faults: Word[] = [];
  const start = (): Promise<Engine> =>
    bench.start({
      async between(call, send) {
        eye.before(call);
        const fault = call.method === "GET" ? undefined : faults.pop();
        if (fault === "failed call") throw new ApiError(500, "InternalError", "the server is ill");
        const answer = await send();
        eye.after(call);
        if (fault === "lost answer") throw new ApiError(0, "Unreachable", "the answer was lost");
        return answer;
      },
    });
  let engines = [await start()];
  const settle = async (): Promise<void> => void (await Promise.all(engines.map((engine) => engine.settle())));
  await settle();

  async function say(word: Word): Promise<void> {
    const [engine] = engines;
    if (word === "quiet") await settle();
    else if (word === "watches end") bench.hub.closeWatches();
    else if (word === "ack") acknowledgeNow(bench, engine!);
    else if (word === "second program") engines = [engine!, engines[1] ?? (await start())];
    else if (word === "stop" || word === "kill") {
      await engine![word]();
      engines = [...engines.slice(1), await start()];
    } else faults.push(word);
  }

  return {
    async happen(what) {
      if ("name" in what) befall(bench, what);
      else if ("seconds" in what) bench.advance(what.seconds);
      else await say(what.is);
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async comesToRest() {
      faults.length = 0;
      // Whoever gave the server a rest comes back by now.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      for (let rounds = 0; rounds <= places.length; rounds += 1) {
        await settle();
        bench.advance(601);
      }
      await settle();
      const from = bench.writes().length;
      await settle();
      expect(bench.writes(from)).toEqual([]);
      for (const engine of engines) expect(untruths(bench, engine)).toEqual([]);
      expect(eye.problems()).toEqual([]);
    },
    async end() {
      for (const each of ends) await each();
    },
  };
}

function acknowledgeNow(bench: Workbench, engine: Engine): void {
  if (rollObjectOf(bench) !== undefined) acknowledge(bench, engine.list.view().digest);
}

function befall({ fleet, hub }: Workbench, what: Extract<Happening, { readonly name: string }>): void {
  const { name: called } = what;
  const mine = `fleet.${called}`;
  if (what.is === "no profile") fleet.remove(called);
  else if (what.is === "visit") hub.apply(visit(called));
  else if (what.is === "no visit") {
    if (hub.get("Visit", toys, called)) hub.remove("Visit", toys, called);
  } else if (what.is === "deleted by hand") {
    if (hub.get("Secret", toys, mine)) hub.remove("Secret", toys, mine);
  } else if (what.is === "profile") {
    const { uid, env, tier } = what;
    const elsewhere = `https://${what.server === "shared" ? "shared" : called}.moved.test`;
    const access = what.server === "own" ? cluster({ name: called }).access : [{ provider: "fleet", endpoint: { server: elsewhere } }];
    fleet.put(cluster({ name: called, manager: called, uid: `${called}-${uid}`, access, labels: { env, "toy.example/tier": tier } }));
  }
}

interface Exact {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Nothing is changed that is not known exactly, and nobody goes whom the guard did not let go. */
function oracle() {
  const problems: string[] = [];
  /** How many each window let go, by when it began. */
  const windows = new Map<number, number>();
  let harmed = new Set<string>();

  return {
    before({ method, path, body }: Call): void {
      const { metadata, preconditions } = (body ?? {}) as { readonly metadata?: Exact; readonly preconditions?: Exact };
      const exact = method === "DELETE" ? preconditions : metadata;
      const isExact = exact?.uid !== undefined && exact.resourceVersion !== undefined;
      if ((method === "DELETE" || method === "PATCH") && !isExact) problems.push(`${method} ${path} is not exact`);
    },
    /** What a roll says that was written. */
    after({ body }: Call): void {
      const text = (body as { data?: { roll?: string } } | undefined)?.data?.roll;
      if (text === undefined) return;
      const { window, acked, absences } = readRoll(text);
      if (window !== undefined && window.gone.length > 0) windows.set(window.since, window.gone.length);
      const now = [...absences].flatMap(([id, { leaving }]) =>
        leaving?.does !== undefined && leaving.steps.split(" ")[leaving.step]!.endsWith("!") ? [id] : [],
      );
      const unseen = now.filter((id) => !harmed.has(id) && !acked.has(id) && !window?.gone.includes(id));
      if (unseen.length > 0) problems.push(`${unseen.join()} went past the guard: ${text}`);
      harmed = new Set(now);
    },
    /** One of six is all that a window lets go, and windows do not overlap. */
    problems(): readonly string[] {
      const begun = [...windows.keys()];
      const tooSoon = begun.filter((since, at) => at > 0 && since - begun[at - 1]! < 600_000);
      const tooMany = [...windows].filter(([, gone]) => gone > 1);
      return [
        ...problems,
        ...tooSoon.map((since) => `the window of ${new Date(since).toISOString()} begins too soon`),
        ...tooMany.map(([since, gone]) => `${gone} left in the window of ${new Date(since).toISOString()}`),
      ];
    },
  };
}

/** What stands and what is told of it, held against what the inventory says at last. */
function untruths({ hub, fleet }: Workbench, { list }: Engine): readonly string[] {
  const secrets = hub.list("Secret", toys);
  const servers = secrets.map(({ data }) => fromBase64(data!["server"]!));
  const twice = servers.filter((server, at) => servers.indexOf(server) !== at);
  return [
    ...twice.map((server) => `${server} is on the list twice`),
    ...places.flatMap((called) => {
      const id = `fleet/${called}`;
      const { state, verdict } = list.status().get(id) ?? {};
      const secret = secrets.find(({ metadata }) => metadata.name === `fleet.${called}`);
      const stands = secret !== undefined || hub.get("ConfigMap", toys, `fleet.${called}`) !== undefined;
      const choice = fleet.inventory.choose(id);
      const wanted = fleet.inventory.cluster(id);
      const kept = verdict?.is === "held" || verdict?.is === "waits";
      const problem =
        choice.is !== "chosen"
          ? stands !== kept && "stands without a reason, or does not stand with one"
          : kept || verdict?.reason === "Collision"
            ? verdict.reason === "Collision" && !servers.includes(serverOf(wanted)) && !stands && "collides with nobody"
            : (state !== "member" || verdict !== undefined || !isDrawn(secret, wanted)) && "is chosen, and is not what its profile says";
      return problem === false ? [] : [`${called} ${problem}: ${JSON.stringify({ state, verdict, choice, stands, servers })}`];
    }),
  ];
}

function serverOf(known: Cluster | undefined): string | undefined {
  const endpoint = known?.access[0]?.endpoint;
  return endpoint && "server" in endpoint ? endpoint.server : undefined;
}

/** Whether a Secret is what it should be for this profile. */
function isDrawn(secret: KubeObject | undefined, wanted: Cluster | undefined): boolean {
  const { labels = {}, annotations = {} } = secret?.metadata ?? {};
  return (
    labels["rollcall.dev/state"] === "member" &&
    labels["toy.example/tier"] === wanted?.labels["toy.example/tier"] &&
    annotations["rollcall.dev/cluster-uid"] === wanted?.uid &&
    fromBase64(secret?.data?.["server"] ?? "") === serverOf(wanted)
  );
}
