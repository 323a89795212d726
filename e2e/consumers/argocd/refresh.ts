import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { namespace } from "./controller.ts";

/** What an ApplicationSet asks for. */
export interface Query {
  readonly placement?: { readonly key: string; readonly namespace: string };
}

/** Makes an ApplicationSet ask again, as `argocd appset` and whoever pushes do. */
export async function refresh(plane: ControlPlane, name: string): Promise<void> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applicationsets/${name}`;
  // The same value again would be no change, and so unseen, where the controller failed and left it standing.
  const annotations = { "argocd.argoproj.io/application-set-refresh": new Date().toISOString() };
  const { status, text } = await plane.admin("PATCH", path, { metadata: { annotations } });
  if (status !== 200) throw new Error(`cannot refresh ApplicationSet ${name}: ${status} ${text}`);
}

interface Push {
  readonly plane: ControlPlane;
  readonly name: string;
  readonly query: Query;
  readonly ask: (path: string) => Promise<Response>;
}

/** Makes it ask again whenever the answer to its question is another, and answers with what ends that. */
export function pushRefresh({ plane, name, query: { placement }, ask }: Push): () => Promise<void> {
  const query = new URLSearchParams({ list: "web", ...(placement && { placement: placement.key, namespace: placement.namespace }) });
  const done = new AbortController();
  const watching = (async () => {
    let seen = "";
    while (!done.signal.aborted) {
      const answer = await ask(`/api/v1/clusters?${query.toString()}`).catch(() => undefined);
      await answer?.arrayBuffer();
      const etag = answer?.headers.get("etag") ?? "";
      // Whoever was refused in between is told again, even where the answer is the one before.
      if (answer?.status !== 200) seen = "";
      else if (etag !== seen) {
        seen = etag;
        await refresh(plane, name);
      }
      await sleep(100);
    }
  })();
  return async () => {
    done.abort();
    await watching;
  };
}
