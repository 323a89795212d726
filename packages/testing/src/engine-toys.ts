import type { KubeObject } from "@rollcall/contract";
import type { HubKind } from "@rollcall/memory-hub";
import { readRoll, type Roll } from "@rollcall/sync";
import { vi } from "vitest";
import { openWorkbench, stateNamespace, type EngineOptions, type Workbench } from "./engine.ts";
import { toy, type ToyOptions } from "./toy.ts";

/** For tests that wait for others: a machine that is busy is no fault. */
export const patience = { timeout: 30_000 } as const;

/** Waits until a check passes. */
export function soon<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 });
}

/** Where toys live. */
export const toys = "toys";

const visits: HubKind = { apiVersion: "toy.example/v1", kind: "Visit", plural: "visits", namespaced: true };

/** A test that says when it is over, as vitest's do. */
export interface Finishing {
  onTestFinished(end: () => Promise<void>): void;
}

/** A workbench whose consumer is the toy, closed when the test is over. */
export async function toyWorkbench(test: Finishing, given: Partial<EngineOptions<ToyOptions>> = {}): Promise<Workbench> {
  const bench = await openWorkbench({ adapter: toy, options: { namespace: toys }, kinds: [visits], ...given });
  test.onTestFinished(() => bench.close());
  return bench;
}

/** What keeps a toy from letting go of a cluster. */
export function visit(cluster: string, name: string = cluster): KubeObject {
  return { apiVersion: visits.apiVersion, kind: visits.kind, metadata: { name, namespace: toys }, spec: { cluster } };
}

/** The ConfigMap that carries the roll of a workbench's list. */
export function rollObjectOf({ hub }: Workbench): KubeObject | undefined {
  return hub.get("ConfigMap", stateNamespace, "rollcall-list-roll");
}

/** The roll, as it is written. */
export function rollOf(bench: Workbench): Roll {
  return readRoll(rollObjectOf(bench)?.data?.["roll"] ?? "");
}

/** Confirms a digest, as a person does with kubectl. */
export function acknowledge(bench: Workbench, digest: string): void {
  const object = rollObjectOf(bench)!;
  const annotations = { ...object.metadata.annotations, "rollcall.dev/ack": digest };
  bench.hub.apply({ ...object, metadata: { ...object.metadata, annotations } });
}
