import {
  final,
  nameFrom,
  objectName,
  outOfAnswers,
  relabel,
  remove,
  secretData,
  untilUnused,
  type Adapter,
  type Kept,
  type Kind,
  type KubeObject,
  type Own,
  type Reachable,
} from "@rollcall/contract";
import { canonicalConfig } from "./cluster-config.ts";
import { configOf } from "./config.ts";
import { annotationsOf, labelsOf } from "./labels.ts";
import type { ArgoCdOptions } from "./options.ts";
import { projectOf } from "./project.ts";
import { refuse } from "./refuse.ts";
import { serverOf, trimmed } from "./server.ts";
import { shardOf } from "./shard.ts";

/** Declares a cluster to Argo CD as a cluster Secret. */
export const argocd: Adapter<ArgoCdOptions> = {
  name: "argocd",
  writes: ({ namespace }) => [{ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace }],
  login: (_, options) => options.login ?? "by itself",
  entry: (cluster, options, kept) => [clusterSecret(cluster, options, kept)],
  leave: () => ({
    drain: [final(relabel("leaving")), outOfAnswers, untilUnused([applications], isDeployedTo), remove],
    release: [final(remove), outOfAnswers],
  }),
  plain: ["name", "server", "project", "shard", "namespaces", "clusterResources"],
  same: { config: canonicalConfig }, // Argo CD writes this key back in its own spelling
};

function clusterSecret(cluster: Reachable, options: ArgoCdOptions, kept?: Kept): KubeObject {
  const { namespace, namespaces = [], clusterResources } = options;
  const name = kept?.name ?? objectName(cluster);
  const server = serverOf(cluster, options);
  const project = projectOf(cluster, options);
  const shard = shardOf(cluster, name, options);
  const annotations = annotationsOf(cluster, options);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      namespace,
      // Chosen profile labels come first, so that they can never displace the one that Argo CD looks for.
      labels: { ...labelsOf(cluster, options), "argocd.argoproj.io/secret-type": "cluster" },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    type: "Opaque",
    data: secretData({
      // An empty name is nobody's: Argo CD shows the server in its place.
      name: kept?.plain["name"] || newName(cluster, options),
      server,
      ...(project && { project }),
      ...(shard && { shard }),
      ...(namespaces.length > 0 && { namespaces: namespaces.join(",") }),
      ...(clusterResources && { clusterResources: "true" }),
      config: configOf(cluster, server, options),
    }),
  };
}

/** Only newcomers are judged: a name that stands has Applications that go by it. */
function newName(cluster: Reachable, { name: template = "{name}" }: ArgoCdOptions): string {
  const name = nameFrom(template, cluster);
  if (name === "in-cluster") {
    throw refuse(
      "ReservedName",
      `"in-cluster" is Argo CD's own cluster, so ${cluster.id} needs another name; set the list's option name to "{namespace}.{name}"`,
    );
  }
  // It ends up in names of Applications, which are no longer than that.
  if (name === "" || name.length > 253 || /\p{Cc}/u.test(name)) {
    throw refuse(
      "BadName",
      `the name of ${cluster.id} must have 1 to 253 characters and none that cannot be printed, got ${JSON.stringify(name)}; change the list's option name`,
    );
  }
  return name;
}

const applications: Kind = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespace: "*" };

/** Whether an Application deploys to this cluster; one with several sources still has one destination. */
function isDeployedTo(application: KubeObject, { plain }: Own): boolean {
  const { destination } = (application.spec ?? {}) as { destination?: { server?: string; name?: string } };
  const { server = "", name = "" } = destination ?? {};
  return (server !== "" && trimmed(server) === trimmed(plain["server"] ?? "")) || (name !== "" && name === plain["name"]);
}
