import type { KubeObject } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import { startMemoryHub, type HubKind, type HubUser, type MemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, decision, decisionKind, profile, type GivenDecision } from "@rollcall/testing";
import { onTestFinished } from "vitest";
import { checkConfig } from "../config/check.ts";
import { configOf, listOf, type Line } from "../reload.test.helper.ts";
import { startRollcall, type Rollcall } from "../rollcall.ts";
import { applicationSets } from "./argocd.ts";
import { inputProviders } from "./flux.ts";
import { newRefresher } from "./refresher.ts";

/** The consumers' kinds as a server without their schemas has them. */
export const kinds: readonly HubKind[] = [applicationSets, inputProviders].map((kind) => ({ ...kind, namespaced: true }));

/** An ApplicationSet that asks for this. */
export function applicationSet(name: string, parameters: object, namespace = "argocd"): KubeObject {
  const generators = [{ plugin: { configMapRef: { name: "rollcall" }, input: { parameters } } }];
  return { ...typeOf(applicationSets), metadata: { name, namespace, annotations: { mine: "kept" } }, spec: { generators } };
}

/** A ResourceSetInputProvider that asks for this. */
export function inputProvider(name: string, query: string): KubeObject {
  const url = `https://rollcall.test/flux/v1/inputs?${query}`;
  return { ...typeOf(inputProviders), metadata: { name, namespace: "flux-system" }, spec: { type: "ExternalService", url } };
}

function typeOf({ apiVersion, kind }: Pick<HubKind, "apiVersion" | "kind">): Pick<KubeObject, "apiVersion" | "kind"> {
  return { apiVersion, kind };
}

/** How often each object was told to ask again. */
export function toldOn(hub: MemoryHub): Readonly<Record<string, number>> {
  const told: Record<string, number> = {};
  for (const { verb, resource, name, code } of hub.requests)
    if (verb === "patch" && kinds.some(({ plural }) => plural === resource) && code === 200) told[name!] = (told[name!] ?? 0) + 1;
  return told;
}

/** The same, once nobody is told any more. */
export async function toldInTheEnd(hub: MemoryHub, rest = 1200): Promise<Readonly<Record<string, number>>> {
  for (;;) {
    const before = toldOn(hub);
    await wait(rest);
    const now = toldOn(hub);
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
  }
}

export const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A Rollcall that keeps list `one`, answers for it, and tells those who asked. */
export interface Bench {
  readonly hub: MemoryHub;
  readonly lines: readonly Line[];
  /** Whoever was told rests for so many milliseconds. */
  start(rest?: number): Promise<Rollcall>;
  publish(name: string, labels?: Readonly<Record<string, string>>): void;
  decide(given: Partial<GivenDecision> & { readonly of: readonly string[] }): void;
}

export async function bench(list: object = {}, users: readonly HubUser[] = []): Promise<Bench> {
  const namespaces = ["fleet", "one", "rollcall", "argocd", "flux-system"];
  const hub = await startMemoryHub({ kinds: [clusterProfileKind, decisionKind, ...kinds], namespaces, users });
  onTestFinished(() => hub.stop());
  const said = configOf([listOf("one", { target: { namespace: "one" }, ...list })], {
    inventory: { namespaces: ["fleet"], placements: { settle: { one: "1s", several: "2s" } } },
    serve: {
      tokens: [{ file: "/nowhere" }],
      refresh: { argocd: {}, flux: { namespaces: ["flux-system"], urls: ["https://rollcall.test"] } },
    },
  });
  const { config } = checkConfig(said);
  const lines: Line[] = [];
  const log = (level: string, message: string, fields: object = {}): void => void lines.push({ level, message, ...fields });
  return {
    hub,
    lines,
    async start(rest = 500) {
      const refresher = newRefresher({ refresh: config!.serve!.refresh!, inventory: config!.inventory, log, rest });
      const rollcall = await startRollcall({
        config: config!,
        open: async () => openTransport({ url: hub.url, token: async () => users[0]?.token ?? hub.token }),
        log,
        onAnswer: refresher.tell,
      });
      let isStopped = false;
      const stop = async (): Promise<void> => {
        if (isStopped) return;
        isStopped = true;
        await refresher.stop();
        await rollcall.stop();
      };
      onTestFinished(stop);
      await rollcall.settled();
      refresher.start(rollcall.transportTo);
      return { ...rollcall, stop };
    },
    publish(name, labels = {}) {
      const { metadata, ...rest } = profile({ name, provider: "fleet", labels });
      const { uid: _, creationTimestamp: __, ...sent } = metadata;
      hub.apply({ ...rest, metadata: sent });
    },
    decide: (given) => void hub.apply(decision({ name: given.name ?? "web-0", ...given })),
  };
}
