import type { KubeObject } from "@rollcall/contract";
import { explainSelection, findPlacement, type DecisionRule, type Placement } from "@rollcall/inventory";
import { ApiError, openTransport, type Call, type InformerEvent, type Transport } from "@rollcall/kube";
import { startMemoryHub, type HubKind, type MemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, decisionKind, profile as stored, type GivenProfile } from "@rollcall/testing";
import { vi } from "vitest";
import { startHub, type Hub } from "../hub.ts";
import type { Chooser } from "./chooser.ts";

/** A hub in memory that is followed, and what a list that follows a decision is told of it. */
export interface DecidedHub {
  readonly api: MemoryHub;
  readonly hub: Hub;
  readonly events: InformerEvent[];
  /** Everything that was told, in its order: `before`, and whom a decision speaks of. */
  readonly told: string[];
  /** From now on these paths are answered with a code, or by another server; without either, as they were. */
  readonly answers: (path: string, how?: number | MemoryHub) => void;
  /** From now on no watch tells anything, and none ends. */
  readonly mute: () => void;
  readonly chooser: (more?: Partial<Chooser>, placement?: Placement) => Chooser;
  /** What the list is told of a cluster, in short. */
  readonly says: (name: string, chooser?: Chooser) => string;
  readonly synced: (chooser?: Chooser) => Promise<void>;
}

interface Given {
  readonly kinds?: readonly HubKind[];
  readonly given?: readonly KubeObject[];
  readonly settle?: DecisionRule["settle"];
  readonly schedulers?: readonly string[];
  readonly placement?: Placement;
  readonly silence?: number;
}

/** A profile as a person applies it: what a server gives it is left to the server. */
export function profile(given: GivenProfile): KubeObject {
  const made = stored(given);
  const { uid: _, creationTimestamp: __, ...metadata } = made.metadata;
  return { ...made, metadata };
}

export const soon = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 5000, interval: 5 });

/** Starts both; tests end them with what they are handed. */
export async function decidedHub(
  {
    silence = 1000,
    kinds = [clusterProfileKind, decisionKind],
    given = [],
    settle = { one: 0.01, several: 0.2 },
    schedulers,
    placement = { key: "web" },
  }: Given,
  atEnd: (end: () => Promise<void>) => void,
): Promise<DecidedHub> {
  const api = await startMemoryHub({ kinds, namespaces: ["fleet", "decisions"], bookmarkEvery: 100 });
  for (const each of given) api.apply(each);
  const stop = new AbortController();
  const to = (server: MemoryHub): Transport => openTransport({ url: server.url, token: () => Promise.resolve(server.token) });
  const real = to(api);
  atEnd(async () => {
    stop.abort();
    await real.close();
    await api.stop();
  });
  const instead = new Map<string, number | Transport>();
  const checked = ({ path }: Call): Transport => {
    const [, how = real] = [...instead].find(([part]) => path.includes(part)) ?? [];
    if (typeof how === "number") throw new ApiError(how, "Refused", `${path}: ${how}`);
    return how;
  };
  const muted = new AbortController();
  const ended = new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
  async function* unlessMute(lines: AsyncIterable<string>): AsyncIterable<string> {
    for await (const line of lines) {
      if (muted.signal.aborted) await ended;
      yield line;
    }
  }
  const transport: Transport = {
    url: api.url,
    call: async (call) => checked(call).call(call),
    lines: async (call) => unlessMute(await checked(call).lines(call)),
    close: async () => undefined,
  };
  const [told, events] = [[] as string[], [] as InformerEvent[]];
  const hub = startHub({
    transport,
    namespaces: ["fleet"],
    placements: { settle, ...(schedulers && { schedulers }) },
    signal: stop.signal,
    onChange: () => undefined,
    onBeforeDecision: () => void told.push("before"),
    onDecision: (ids) => void told.push(ids.map((id) => id.replace("fleet/", "")).join(" ")),
    onEvent: (event) => void events.push(event),
    timing: { firstRetry: 10, silence },
  });
  const chooser = (more: Partial<Chooser> = {}, said = placement): Chooser => ({
    select: explainSelection({}),
    placement: { said, find: findPlacement(said) },
    ...more,
  });
  const usual = chooser();
  return {
    api,
    hub,
    told,
    events,
    chooser,
    mute: () => muted.abort(),
    answers(path, how) {
      if (how === undefined) instead.delete(path);
      else instead.set(path, typeof how === "number" ? how : to(how));
      api.closeWatches();
    },
    says(name, by = usual) {
      const choice = hub.inventory(by).choose(`fleet/${name}`);
      if (choice.is === "unknown") return `unknown: ${choice.why.reason}`;
      if (choice.is === "not chosen") return `not chosen: ${choice.cause}`;
      return choice.newcomer === undefined ? "chosen" : `chosen, not to join: ${choice.newcomer.reason}`;
    },
    synced: (by = usual) => hub.synced(by),
  };
}
