import {
  fromBase64,
  labels,
  objectKey,
  RollcallError,
  type ClusterId,
  type Kind,
  type KubeObject,
  type ObjectMeta,
} from "@rollcall/contract";
import { isApiError, listAll, type Transport } from "@rollcall/kube";
import { askedName, clusterOf, rollKind, rollName, type Owner } from "@rollcall/sync";
import type { Consumer } from "../consumers.ts";

/** An object that a list has left behind, without what it holds. */
export interface Left {
  readonly transport: Transport;
  readonly kind: Kind;
  readonly key: string;
  readonly metadata: ObjectMeta;
  /** Whose it is; none on a stray, whose marks are about another object, so that it is nobody's. */
  readonly cluster?: ClusterId;
  /** Its data that is no secret, by the consumer that may have it on its list. */
  readonly plain: ReadonlyMap<Consumer, Readonly<Record<string, string>>>;
}

/** Everything that a list has left behind. */
export interface LeftBehind {
  readonly objects: readonly Left[];
  readonly strays: readonly Left[];
  readonly rolls: readonly Left[];
}

export interface LookFor {
  readonly servers: readonly Transport[];
  readonly owner: Owner;
  readonly stateNamespace: string;
  readonly consumers: readonly Consumer[];
  /** Only there; in all namespaces if not said. */
  readonly namespace?: string;
}

/** Finds what carries a list's labels, of every kind that any consumer's list may hold. What cannot be read completely is an error: half of it would pass for all. */
export async function findLeft({ servers, owner, stateNamespace, consumers, namespace = "*" }: LookFor): Promise<LeftBehind> {
  const found: Left[] = [];
  const rolls: Left[] = [];
  for (const transport of servers) {
    for (const [kind, of] of kindsOf(consumers, namespace))
      for (const object of await listed(transport, kind, owner)) found.push(left(transport, kind, of, object));
    const kind = rollKind(stateNamespace);
    for (const object of await listed(transport, kind, owner))
      if ([rollName(owner), askedName(owner)].includes(object.metadata.name)) rolls.push(left(transport, kind, [], object));
  }
  const objects = distinct(found);
  return {
    objects: objects.filter(({ cluster }) => cluster !== undefined),
    strays: objects.filter(({ cluster }) => cluster === undefined),
    rolls: distinct(rolls),
  };
}

/** Two ways to one server show the same objects. */
function distinct(all: readonly Left[]): readonly Left[] {
  return [...new Map(all.map((left) => [left.metadata.uid, left])).values()];
}

/** Every kind that is written to any target, with those who write it. */
function kindsOf(consumers: readonly Consumer[], namespace: string): readonly (readonly [Kind, readonly Consumer[]])[] {
  const all = consumers.flatMap((consumer) =>
    consumer.adapter
      .writes({ namespace })
      .map((kind) => ({ consumer, kind: kind.namespace === undefined ? kind : { ...kind, namespace } })),
  );
  const groups = Map.groupBy(all, ({ kind }) => `${kind.apiVersion} ${kind.plural}`);
  return [...groups.values()].map((same) => [same[0]!.kind, same.map(({ consumer }) => consumer)] as const);
}

async function listed(transport: Transport, kind: Kind, { instance, list }: Owner): Promise<readonly KubeObject[]> {
  try {
    return await listAll(transport, kind, { labelSelector: `${labels.instance}=${instance},${labels.list}=${list}` });
  } catch (cause) {
    // A server without this kind has none of it.
    if (isApiError(cause, 404)) return [];
    const why = cause instanceof Error ? cause.message : String(cause);
    const how = isApiError(cause, 403)
      ? `say --namespace, or do it as somebody who may list ${kind.plural}${kind.namespace === "*" ? " in all namespaces" : ""}`
      : "try again when it answers, or name one server after the other with --kubeconfig";
    throw new RollcallError(
      "CannotLook",
      `what list "${list}" has left on ${transport.url} cannot be read (${why}); ${how}. Nothing was done`,
      {
        retry: false,
        cause,
      },
    );
  }
}

function left(transport: Transport, kind: Kind, of: readonly Consumer[], { metadata, data = {} }: KubeObject): Left {
  const cluster = clusterOf(metadata);
  const plain = (keys: readonly string[] = []): Record<string, string> =>
    Object.fromEntries(keys.flatMap((key) => (data[key] === undefined ? [] : [[key, fromBase64(data[key]) ?? ""]])));
  return {
    transport,
    kind,
    key: objectKey({ kind: kind.kind, metadata }),
    metadata,
    ...(cluster !== undefined && { cluster }),
    plain: new Map(of.map((consumer) => [consumer, plain(consumer.adapter.plain)])),
  };
}
