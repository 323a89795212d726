import type { ControlPlane } from "../../control-plane/src/index.ts";
import { namespace } from "./controller.ts";

/** Makes an ApplicationSet ask again at once, as Rollcall does when an answer changes: for when a story wants it to ask all the same. */
export async function refresh(plane: ControlPlane, name: string): Promise<void> {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applicationsets/${name}`;
  // The same value again would be no change, and so unseen, where the controller failed and left it standing.
  const annotations = { "argocd.argoproj.io/application-set-refresh": new Date().toISOString() };
  const { status, text } = await plane.admin("PATCH", path, { metadata: { annotations } });
  if (status !== 200) throw new Error(`cannot refresh ApplicationSet ${name}: ${status} ${text}`);
}
