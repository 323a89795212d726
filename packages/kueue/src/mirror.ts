import { toBase64, type Kind, type KubeObject, type Reachable } from "@rollcall/contract";
import type { KueueOptions } from "./options.ts";
import { refuse } from "./refuse.ts";

/** Where mirrors are written; a manager cannot be changed, so another one means another object. */
export function profiles(namespace: string): Kind {
  // Through a later version the older of the two lists of providers would be lost.
  const apiVersion = "multicluster.x-k8s.io/v1alpha1";
  return { apiVersion, kind: "ClusterProfile", plural: "clusterprofiles", namespace, status: true, replaceOn: ["spec.clusterManager"] };
}

/** Whether Kueue is shown a copy of the profile. It looks for profiles in its own namespace alone. */
export function isMirrored(cluster: Reachable, { namespace, mirror }: KueueOptions): boolean {
  const isElsewhere = cluster.namespace !== namespace;
  if (!isElsewhere || mirror !== false) return isElsewhere || mirror === true;
  throw refuse(
    "ProfileElsewhere",
    `the profile of ${cluster.id} is not in namespace "${namespace}", where Kueue looks for it; leave the option mirror out, or use a kubeconfig`,
  );
}

/**
 * A copy of the profile for Kueue: whose it is, and the one way in that we go. Kueue starts all its watches of a cluster anew at
 * every event on its profile, a heartbeat's too; of what changes that often nothing is in here.
 */
export function mirror(cluster: Reachable, name: string, { namespace }: KueueOptions): KubeObject {
  const { manager, connection } = cluster;
  const { server, ca, proxy, disableCompression, login } = connection;
  const config = extensionOf(cluster);
  return {
    apiVersion: profiles(namespace).apiVersion,
    kind: "ClusterProfile",
    metadata: { name, namespace, ...(isLabel(manager) && { labels: { "x-k8s.io/cluster-manager": manager } }) },
    spec: { clusterManager: { name: manager } },
    status: {
      accessProviders: [
        {
          name: login.provider,
          cluster: {
            server,
            ...(ca !== undefined && { "certificate-authority-data": toBase64(ca) }),
            ...(proxy !== undefined && { "proxy-url": proxy }),
            ...(disableCompression && { "disable-compression": true }),
            ...(config !== undefined && { extensions: [{ name: "client.authentication.k8s.io/exec", extension: config }] }),
          },
        },
      ],
    },
  };
}

/** What the profile says to the plugin of this provider. */
function extensionOf({ id, access, connection: { login } }: Reachable): object | undefined {
  const offered = access.find(({ provider }) => provider === login.provider);
  const config = offered?.config ?? (login.kind === "exec" ? login.config : undefined);
  if (config === undefined) return undefined;
  if (typeof config === "object" && config !== null && !Array.isArray(config)) return config;
  throw refuse("BadExecExtension", `what the profile of ${id} says to the plugin of "${login.provider}" is no object; correct it there`);
}

/** The name of a manager may be longer than a label. */
function isLabel(text: string): boolean {
  return /^[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/.test(text);
}
