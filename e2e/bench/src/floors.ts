import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { role, type Site } from "./contender.ts";
import { launch, type Subject } from "./subject.ts";

/** One way to write the same objects as fast as it goes. */
export interface WriteFloor {
  /** Such as `undici 16` or `go h2 32`. */
  readonly name: string;
  readonly command: readonly string[];
  readonly connections: number;
}

/** The sweep: pools of several sizes, and an HTTP/2 client where there is Go. */
export function writeFloors(script: string, go: string | undefined): readonly WriteFloor[] {
  const pools = [8, 16, 32, 64].map((connections) => ({ name: `undici ${connections}`, command: [process.execPath, script], connections }));
  return go === undefined ? pools : [...pools, { name: "go h2 32", command: [go], connections: 32 }];
}

/** What the floors know of a block: whom they are, and what to write. */
export interface FloorParts {
  readonly plane: ControlPlane;
  readonly token: string;
  /** A file with a body a line. */
  readonly bodies: string;
}

/** An account for the floors with rights at each of their sites, and the bodies in a file. */
export async function settleFloors(plane: ControlPlane, sites: readonly Site[], bodies: readonly string[]): Promise<FloorParts> {
  const [{ state, fleet }] = sites as readonly [Site];
  const { token } = await plane.account("floor", state, [
    ...role("floor", { state }, fleet, { apiGroups: ["multicluster.x-k8s.io"], resources: ["clusterprofiles"], verbs: ["list", "watch"] }),
    ...sites.flatMap(({ target }) =>
      role("floor", { state }, target, { apiGroups: [""], resources: ["secrets"], verbs: ["list", "create", "patch"] }),
    ),
  ]);
  const file = join(plane.dir, "bodies.jsonl");
  await writeFile(file, `${bodies.join("\n")}\n`);
  return { plane, token, bodies: file };
}

export function launchWrites({ command, connections }: WriteFloor, { plane, token, bodies }: FloorParts, { target }: Site): Subject {
  const told = { url: plane.url, ca: plane.ca, token, namespace: target, bodies, connections };
  return launch([...command, JSON.stringify(told)], ["started", "done"]);
}

export function launchLists(script: string, { plane, token }: FloorParts, { fleet, target }: Site): Subject {
  const paths = [`/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${fleet}/clusterprofiles`, `/api/v1/namespaces/${target}/secrets`];
  return launch([process.execPath, script, JSON.stringify({ url: plane.url, ca: plane.ca, token, paths })], ["started", "done"]);
}

export function launchPropagation(script: string, { plane, token }: FloorParts, { fleet, target }: Site): Subject {
  const told = {
    url: plane.url,
    ca: plane.ca,
    token,
    profiles: `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${fleet}/clusterprofiles`,
    secrets: `/api/v1/namespaces/${target}/secrets`,
    prefix: `${fleet}.`,
  };
  return launch([process.execPath, script, JSON.stringify(told)], ["started", "ready"]);
}
