import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubeObject } from "@rollcall/contract";
import { startMemoryHub, type MemoryHub } from "@rollcall/memory-hub";
import { parse, parseAllDocuments } from "yaml";
import { asSent } from "../stories/world.ts";
import { kinds, namespaces } from "./scenario.ts";

/** What a release left behind, on a server of its own. */
export interface Left {
  readonly hub: MemoryHub;
  readonly config: unknown;
  /** When it was written, in milliseconds. */
  readonly at: number;
  /** How each cluster of each list was to the release that wrote it. */
  readonly states: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Stands everything up again as it was. A server gives uids of its own, so the marks are about those. */
export async function load(folder: string): Promise<Left> {
  const texts = ["config.yaml", "profiles.yaml", "objects.yaml", "end.yaml"].map((name) => readFile(join(folder, name), "utf8"));
  const [config, profiles, objects, end] = await Promise.all(texts);
  const { at, states } = parse(end!) as { readonly at: string; readonly states: Left["states"] };
  const hub = await startMemoryHub({ namespaces, kinds });
  const uids = new Map<string, string>();
  for (const object of documents(profiles!)) {
    // kube-system is there already: it is what a hub is known by.
    const now = object.kind === "Namespace" ? hub.get("Namespace", undefined, object.metadata.name)! : hub.apply(asSent(object));
    uids.set(object.metadata.uid!, now.metadata.uid!);
  }
  for (const object of documents(withUids(objects!, uids))) {
    const { deletionTimestamp, ...metadata } = asSent(object).metadata;
    hub.apply({ ...object, metadata });
    if (deletionTimestamp !== undefined) hub.remove(object.kind, object.metadata.namespace, object.metadata.name);
  }
  return { hub, config: parse(config!) as unknown, at: Date.parse(at), states };
}

/** Of a profile that is gone nobody has another uid, so that its mark stays. */
function withUids(text: string, uids: ReadonlyMap<string, string>): string {
  return text.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (uid) => uids.get(uid) ?? uid);
}

function documents(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).map((document) => {
    const { resourceVersion: _, ...metadata } = (document.toJS() as KubeObject).metadata;
    return { ...(document.toJS() as KubeObject), metadata };
  });
}
