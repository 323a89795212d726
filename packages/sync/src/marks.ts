import { annotations, canonicalJson, endpointHash, labels, type Cluster, type KubeObject, type Reachable } from "@rollcall/contract";

/** Whose objects they are: this installation's, and this list's. */
export interface Owner {
  readonly instance: string;
  readonly list: string;
}

/** An adapter's object with our marks on it. They are written last, so that nobody's input can stand in for them. */
export function marked(object: KubeObject, cluster: Reachable, owner: Owner): KubeObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...ownerLabels(owner), [labels.state]: "member" },
      annotations: { ...metadata.annotations, ...clusterMarks(cluster), [annotations.wrote]: wrote(object) },
    },
  };
}

export function ownerLabels({ instance, list }: Owner): Record<string, string> {
  return { [labels.instance]: instance, [labels.list]: list };
}

/** Whether what stands is the same cluster: by its uid, or, under a new one, by its server and CA. */
export function isSameCluster(stands: Readonly<Record<string, string>>, cluster: Reachable): boolean {
  return stands[annotations.clusterUid] === cluster.uid || stands[annotations.endpoint] === endpointHash(cluster.connection);
}

/** Which keys an object of ours carries because we put them there: those we may take away again. */
export interface Wrote {
  readonly labels?: readonly string[];
  readonly annotations?: readonly string[];
  readonly data?: readonly string[];
}

/** What an object says that we wrote on it; nothing where it says so in no way that we know. */
export function readWrote(text: string | undefined): Wrote {
  try {
    const said: unknown = JSON.parse(text ?? "{}");
    if (typeof said !== "object" || said === null) return {};
    return Object.fromEntries(
      Object.entries(said).filter(([, keys]) => Array.isArray(keys) && keys.every((key) => typeof key === "string")),
    );
  } catch {
    return {};
  }
}

function clusterMarks(cluster: Cluster & Reachable): Record<string, string> {
  return {
    [annotations.cluster]: cluster.id,
    [annotations.clusterUid]: cluster.uid,
    [annotations.endpoint]: endpointHash(cluster.connection),
    ...(cluster.memberId !== undefined && { [annotations.memberId]: cluster.memberId }),
  };
}

function wrote({ metadata, data }: KubeObject): string {
  const keys = (from: object | undefined): readonly string[] | undefined => {
    const all = Object.keys(from ?? {}).sort();
    return all.length > 0 ? all : undefined;
  };
  return canonicalJson({ labels: keys(metadata.labels), annotations: keys(metadata.annotations), data: keys(data) });
}
