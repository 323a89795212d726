import {
  final,
  nameFrom,
  objectName,
  ourDomain,
  outOfAnswers,
  relabel,
  remove,
  RollcallError,
  secretData,
  untilUnused,
  type Adapter,
  type Kept,
  type Kind,
  type KubeObject,
  type Own,
  type Reachable,
} from "@rollcall/contract";
import { canonicalConfig, configOf } from "./config.ts";

/** How the clusters of one list are shown to one Argo CD. */
export interface ArgoCdOptions {
  /** Argo CD's own namespace: it looks for cluster Secrets nowhere else. */
  readonly namespace: string;
  /** The name that Argo CD shows for a newcomer, made of `{namespace}` and `{name}`; `{name}` when absent. */
  readonly name?: string;
  /** Which labels of the profile the Secret carries: keys, or all keys of a prefix as `topology.kubernetes.io/*`. */
  readonly copyLabels?: readonly string[];
  /** The one Argo CD project that may use these clusters. */
  readonly project?: string;
  /** Who logs in: Argo CD `by itself` when absent. */
  readonly login?: "by itself" | "with a credential from us";
}

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
  plain: ["name", "server"],
  same: { config: canonicalConfig }, // Argo CD writes this key back in its own spelling
};

function clusterSecret(cluster: Reachable, options: ArgoCdOptions, kept?: Kept): KubeObject {
  const { namespace, project } = options;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: kept?.name ?? objectName(cluster),
      namespace,
      // Chosen profile labels come first, so that they can never displace the one that Argo CD looks for.
      labels: { ...labelsToCopy(cluster, options), "argocd.argoproj.io/secret-type": "cluster" },
    },
    type: "Opaque",
    data: secretData({
      name: kept?.plain["name"] ?? newName(cluster, options),
      server: serverOf(cluster),
      ...(project && { project }),
      config: configOf(cluster),
    }),
  };
}

function serverOf({ id, connection }: Reachable): string {
  if (/^kubernetes\.default(?:\.svc(?:\.cluster\.local)?)?\.?$/.test(URL.parse(connection.server)?.hostname ?? "")) {
    throw refuse(
      "InCluster",
      `${id} gives ${connection.server}, which is whatever cluster Argo CD itself runs in; give its ClusterProfile an address that means the same everywhere`,
    );
  }
  // Argo CD trims slashes in some places and not in others, and loses such a cluster on the way.
  return trimmed(connection.server);
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

function labelsToCopy({ labels }: Reachable, { copyLabels = [] }: ArgoCdOptions): Record<string, string> {
  const isAsked = (key: string) =>
    copyLabels.some((asked) => asked === key || (asked.endsWith("/*") && key.startsWith(asked.slice(0, -1))));
  return Object.fromEntries(Object.entries(labels).filter(([key]) => isAsked(key) && !isReserved(key)));
}

/** Labels by which Argo CD, kubectl or JavaScript would take the Secret for something else; no option can ask for them. */
function isReserved(key: string): boolean {
  const prefixes = ["argocd.argoproj.io/", "kubectl.kubernetes.io/", ourDomain];
  return (
    ["app.kubernetes.io/instance", "app.kubernetes.io/part-of", "__proto__"].includes(key) ||
    prefixes.some((prefix) => key.startsWith(prefix))
  );
}

const applications: Kind = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespace: "*" };

/** Whether an Application deploys to this cluster; one with several sources still has one destination. */
function isDeployedTo(application: KubeObject, { plain }: Own): boolean {
  const { destination } = (application.spec ?? {}) as { destination?: { server?: string; name?: string } };
  const { server = "", name = "" } = destination ?? {};
  return (server !== "" && trimmed(server) === trimmed(plain["server"] ?? "")) || (name !== "" && name === plain["name"]);
}

function trimmed(server: string): string {
  return server.replace(/\/+$/, "");
}

function refuse(reason: string, message: string): RollcallError {
  return new RollcallError(reason, message, { retry: false });
}
