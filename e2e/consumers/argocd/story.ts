import type { ControlPlane } from "../../control-plane/src/index.ts";
import type { Watching } from "./applications.ts";
import type { Controller } from "./controller.ts";
import type { World } from "./world.ts";

/** What happens to a user of Argo CD. */
export interface Story {
  readonly tells: string;
  readonly run: (world: World, argocd: Watching, plane: ControlPlane, controller: Controller) => Promise<void>;
}
