import { fromBase64, type KubeObject } from "@rollcall/contract";

// What istiod does with remote Secrets, written after its own rules (secretcontroller.go, sanitizeKubeConfig, clientcmd.Validate of 1.31)
// and on purpose with nothing of what the adapters are made of.

/** What istiod takes out of a kubeconfig. */
export interface Remote {
  readonly id: string;
  readonly cluster: Fields;
  readonly user: Fields;
}

type Fields = Readonly<Record<string, string | boolean>>;

interface Kubeconfig {
  readonly apiVersion: string;
  readonly kind: string;
  readonly clusters: readonly { readonly name: string; readonly cluster: Fields }[];
  readonly users: readonly { readonly name: string; readonly user: Fields }[];
  readonly contexts: readonly { readonly name: string; readonly context: { readonly cluster: string; readonly user: string } }[];
  readonly "current-context": string;
}

const goUrl = (schemes: string): RegExp =>
  new RegExp(
    `^(?:${schemes})://(?:[^/?#@%\\s\\\\]+@)?(?:[\\w.-]+|\\[[0-9A-Fa-f:.]+\\])(?::\\d*)?(?:[/?](?:[^\\s%\\\\]|%[0-9A-Fa-f]{2})*)?$`,
    "i",
  );

/** Reads a kubeconfig as istiod does; throws what it would only log. */
export function readKubeconfig(text: string): Remote {
  const { apiVersion, kind, clusters, users, contexts, "current-context": current } = JSON.parse(text) as Kubeconfig;
  if (apiVersion !== "v1" || kind !== "Config") throw new Error("no kubeconfig");
  // Every user is looked at, used or not.
  for (const { user } of users) {
    const bad = ["exec", "auth-provider", "client-certificate", "client-key", "tokenFile"].find((key) => user[key] !== undefined);
    if (bad !== undefined) throw new Error(`${bad} is not allowed`);
    if (Boolean(user["client-certificate-data"]) !== Boolean(user["client-key-data"])) throw new Error("half a certificate");
    if (/\p{Cc}/u.test(String(user["token"] ?? ""))) throw new Error("no header can carry it");
  }
  for (const { cluster } of clusters) {
    if (!goUrl("https").test(String(cluster["server"] ?? ""))) throw new Error("no server");
    if (cluster["proxy-url"] !== undefined && !goUrl("https?|socks5").test(String(cluster["proxy-url"]))) throw new Error("no proxy");
    const ca = cluster["certificate-authority-data"];
    if (ca !== undefined && cluster["insecure-skip-tls-verify"]) throw new Error("a CA beside insecure");
    if (ca !== undefined && !fromBase64(String(ca))?.includes("-----BEGIN CERTIFICATE-----")) throw new Error("no PEM");
  }
  const context = contexts.find(({ name }) => name === current)?.context;
  const cluster = clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = users.find(({ name }) => name === context?.user)?.user;
  if (context === undefined || cluster === undefined || user === undefined) throw new Error("a context that leads nowhere");
  return { id: context.cluster, cluster, user };
}

/** An istiod that only keeps account of its clusters and says what it did. */
export function startIstiod(ownId: string): {
  readonly says: readonly string[];
  readonly clusters: () => readonly string[];
  readonly see: (secret: KubeObject) => void;
  readonly lose: (secret: KubeObject) => void;
} {
  const says: string[] = [];
  const known = new Map<string, { readonly secret: string; readonly text: string }>();
  const drop = (id: string): void => {
    known.delete(id);
    says.push(`delete ${id}`);
  };
  return {
    says,
    clusters: () => [...known.keys()].sort(),
    see({ metadata, data = {} }) {
      const secret = metadata.name;
      const isFound = metadata.labels?.["istio/multiCluster"] === "true";
      // Those that are no longer in it go before others come; without its label the Secret is gone.
      for (const [id, of] of known) if (of.secret === secret && (!isFound || data[id] === undefined)) drop(id);
      if (!isFound) return;
      for (const [id, value] of Object.entries(data)) {
        const text = fromBase64(value)!;
        const before = known.get(id);
        if (id === ownId || before?.text === text) continue;
        if (before !== undefined && before.secret !== secret) {
          says.push(`ignore ${id}`);
          continue;
        }
        readKubeconfig(text);
        known.set(id, { secret, text });
        says.push(`${before === undefined ? "add" : "update"} ${id}`);
      }
    },
    lose({ metadata }) {
      for (const [id, { secret }] of known) if (secret === metadata.name) drop(id);
    },
  };
}
