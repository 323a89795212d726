import type { Answer } from "./handle.ts";
import type { HubUser } from "./options.ts";
import type { Route } from "./route.ts";

/** What the server says to somebody who asks who they are: whoever is logged in may. */
export function whoAsks(route: Route, { name, token }: HubUser): Answer | undefined {
  if (route.is === "path" || token === "" || route.verb !== "create") return undefined;
  if (route.group !== "authentication.k8s.io" || route.version !== "v1" || route.plural !== "selfsubjectreviews") return undefined;
  const status = { userInfo: { username: name, groups: ["system:authenticated"] } };
  return { code: 201, body: { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1", metadata: {}, status } };
}
