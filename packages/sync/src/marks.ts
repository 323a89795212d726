import {
  annotations,
  canonicalJson,
  endpointHash,
  labels,
  ourDomain,
  type ClusterId,
  type KubeObject,
  type ObjectMeta,
  type Reachable,
} from "@rollcall/contract";

/** Whose objects they are: this installation's, and this list's. */
export interface Owner {
  readonly instance: string;
  readonly list: string;
}

/** An adapter's object with our marks on it. Nobody's input can stand in for them: a key of our domain that comes from elsewhere is dropped. */
export function marked(object: KubeObject, cluster: Reachable, owner: Owner): KubeObject {
  const own = withoutMarks(object.metadata.labels);
  const notes = { ...withoutMarks(object.metadata.annotations), ...optionalMarks(cluster) };
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...own, ...ownerLabels(owner), [labels.state]: "member" },
      annotations: {
        ...notes,
        ...clusterMarks(cluster),
        [annotations.wrote]: wrote(object.metadata.name, cluster.id, { labels: own, annotations: notes, data: object.data }),
      },
    },
  };
}

export function ownerLabels({ instance, list }: Owner): Record<string, string> {
  return { [labels.instance]: instance, [labels.list]: list };
}

/** Whether what stands is the same cluster: by its uid, or, under a new one, by its server and CA. */
export function isSameCluster(stands: Readonly<Record<string, string>>, cluster: Reachable): boolean {
  const [uid, endpoint] = [stands[annotations.clusterUid], stands[annotations.endpoint]];
  // Somebody has stripped the marks. That is no reason to remove anything: they are put back.
  if (uid === undefined && endpoint === undefined) return true;
  return uid === cluster.uid || endpoint === endpointHash(cluster.connection);
}

/** Which keys an object of ours carries because we put them there: those we may take away again. */
export interface Wrote {
  readonly labels?: readonly string[];
  readonly annotations?: readonly string[];
  readonly data?: readonly string[];
}

/**
 * Whose object it is by what we wrote on it. An edited mark makes nobody else's object of it, and a copy under another name is nobody's:
 * what was made by hand is never deleted for a cluster.
 */
export function clusterOf({ name, annotations: notes = {} }: Pick<ObjectMeta, "name" | "annotations">): ClusterId | undefined {
  const { as, of } = readBound(notes[annotations.wrote]);
  if (as !== undefined && as !== name) return undefined;
  return of ?? notes[annotations.cluster];
}

function readBound(text: string | undefined): { readonly as?: string; readonly of?: ClusterId } {
  try {
    const { as, of } = (JSON.parse(text ?? "{}") ?? {}) as { as?: unknown; of?: unknown };
    return { ...(typeof as === "string" && { as }), ...(typeof of === "string" && { of }) };
  } catch {
    return {};
  }
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

function clusterMarks(cluster: Reachable): Record<string, string> {
  return {
    [annotations.cluster]: cluster.id,
    [annotations.clusterUid]: cluster.uid,
    [annotations.endpoint]: endpointHash(cluster.connection),
  };
}

/** Marks that can be outlived: named among what we wrote, so that they go when the profile carries them no more. */
function optionalMarks({ memberId }: Reachable): Record<string, string> {
  return memberId === undefined ? {} : { [annotations.memberId]: memberId };
}

function withoutMarks(keys: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(keys).filter(([key]) => !key.startsWith(ourDomain)));
}

function wrote(as: string, of: ClusterId, objects: { readonly [part in keyof Wrote]-?: object | undefined }): string {
  const named = Object.entries(objects).flatMap(([part, keys]) => {
    const all = Object.keys(keys ?? {}).sort();
    return all.length > 0 ? [[part, all] as const] : [];
  });
  return canonicalJson({ as, of, ...Object.fromEntries(named) });
}
