import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import type { Objects } from "./objects.ts";

const file = (name: string): string => fileURLToPath(new URL(`../crds/${name}`, import.meta.url));

/** Paths of the CRDs that lie beside these tests. */
export const crds = {
  clusterProfiles: file("multicluster.x-k8s.io_clusterprofiles.yaml"),
  placementDecisions: file("multicluster.x-k8s.io_placementdecisions.yaml"),
  /** OCM's own by name, with any content and no status of its own. */
  ocmPlacementDecisions: file("rollcall-ocm-placementdecisions.yaml"),
  /** Argo CD's Application by name, with any content. */
  applications: file("rollcall-applications.yaml"),
} as const;

/** Applies every CRD in these files and waits until each is served. */
export async function applyCrdFiles(files: readonly string[], objects: Objects): Promise<void> {
  for (const path of files) {
    for (const document of parseAllDocuments(await readFile(path, "utf8"))) {
      const { metadata } = document.toJS() as { readonly metadata: { readonly name: string } };
      await objects.applyCrd(metadata.name, document.toString());
    }
  }
}
