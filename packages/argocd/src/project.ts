import type { Reachable } from "@rollcall/contract";
import type { ArgoCdOptions } from "./options.ts";
import { refuse } from "./refuse.ts";
import { valueOf } from "./source.ts";

/** The project that may use a cluster. One that has to say it and does not is refused: without a project, every project may. */
export function projectOf(cluster: Reachable, { project }: ArgoCdOptions): string | undefined {
  if (project === undefined || typeof project === "string") return project;
  const where = `${project.from} ${JSON.stringify(project.key)}`;
  const said = valueOf(cluster, project);
  if (said === undefined || said === "")
    throw refuse("NoProject", `${cluster.id} has no ${where} that names its Argo CD project; set it in its ClusterProfile`);
  if (project.allowed.includes(said)) return said;
  const got = JSON.stringify(said.slice(0, 100));
  throw refuse(
    "ProjectNotAllowed",
    `${where} of ${cluster.id} names the Argo CD project ${got}, which is none that it may name; correct it in its ClusterProfile, or add it to the list's option project.allowed`,
  );
}
