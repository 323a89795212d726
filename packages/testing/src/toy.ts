import {
  canonicalJson,
  dropFromIndex,
  final,
  objectName,
  outOfAnswers,
  refusal,
  relabel,
  remove,
  RollcallError,
  secretData,
  untilUnused,
  wait,
  type Adapter,
  type Connection,
  type Kept,
  type KubeObject,
  type Member,
  type Reachable,
  type Unlisted,
} from "@rollcall/contract";

export interface ToyOptions {
  readonly namespace: string;
  /** How many members the index has room for; all of them when absent. */
  readonly room?: number;
}

/**
 * A consumer that has everything an engine must handle, and nothing real:
 *   per cluster   a ConfigMap (its card), then a Secret (the anchor)
 *   index         ConfigMap `toy`: names in order (`_order`), and the server of each
 *   leaving       every kind of step
 *   a profile's   property `toy.example/login` says how to log in, labels `toy.example/*` are copied
 */
export const toy: Adapter<ToyOptions> = {
  name: "toy",
  writes: ({ namespace }) => [
    { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespace },
    { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace },
  ],
  login: ({ id, properties }) => {
    const wanted = properties["toy.example/login"];
    if (wanted === "refused") return refusal("ToyRefuses", `toys do not log in to ${id}; take the property toy.example/login away`);
    return wanted === "credential" ? "with a credential from us" : "by itself";
  },
  entry: (cluster, { namespace }, kept) => {
    const name = kept?.name ?? objectName(cluster);
    return [card(cluster, namespace, name), anchor(cluster, namespace, name, kept)];
  },
  index: (members, { namespace, room }, current) => {
    const listed = members.filter((member) => member.listed);
    const [inside, outside] = [listed.slice(0, room), listed.slice(room ?? listed.length)];
    if (inside.length === 0 && current === undefined) return { objects: [], unlisted: [] };
    return { objects: [index(inside, namespace, current)], unlisted: outside.map(noRoom) };
  },
  leave: ({ namespace }) => ({
    drain: [
      untilUnused([{ apiVersion: "toy.example/v1", kind: "Visit", plural: "visits", namespace }], isVisitTo),
      final(relabel("leaving")),
      outOfAnswers,
      dropFromIndex,
      wait(2),
      remove,
    ],
    release: [final(remove), outOfAnswers],
  }),
  plain: ["name", "server"],
  same: { config: (text) => text.replaceAll(/\s/g, "") }, // toys like to indent
  health: ({ metadata }) => {
    const complaint = metadata.annotations?.["toy.example/unwell"];
    return complaint === undefined ? undefined : { is: "stale", reason: "ToyUnwell", message: complaint };
  },
};

function card({ displayName, version, properties }: Reachable, namespace: string, name: string): KubeObject {
  const data = { displayName, version: version ?? "unknown", properties: canonicalJson(properties) };
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}

function anchor({ id, name: called, labels, connection }: Reachable, namespace: string, name: string, kept?: Kept): KubeObject {
  const { server, ca, proxy, login } = connection;
  if (proxy !== undefined) throw new RollcallError("ToyNoProxy", `toys reach ${id} directly; take proxy-url away`, { retry: false });
  const copied = Object.entries(labels).filter(([key]) => key.startsWith("toy.example/"));
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, labels: { ...Object.fromEntries(copied), "toy.example/is": "cluster" } },
    type: "Opaque",
    data: secretData({ name: kept?.plain["name"] ?? called, server, config: canonicalJson({ ca, ...secretOf(login) }) }),
  };
}

function secretOf(login: Connection["login"]): object {
  if (login.kind !== "credential") return { provider: login.provider };
  return { token: login.token?.reveal(), key: login.clientCertificate?.key.reveal() };
}

function index(members: readonly Member[], namespace: string, current?: KubeObject): KubeObject {
  const servers = members.map(({ name, cluster }) => [name, cluster?.connection.server ?? current?.data?.[name] ?? "unread"] as const);
  const order = members.map(({ name }) => name).join("\n");
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "toy", namespace },
    data: { ...Object.fromEntries(servers), _order: order },
  };
}

function noRoom({ id }: Member): Unlisted {
  return { id, ...refusal("ToyIsFull", `the index has no room for ${id}; give the list more room`) };
}

function isVisitTo({ spec }: KubeObject, { plain }: { readonly plain: Readonly<Record<string, string>> }): boolean {
  return (spec as { cluster?: string } | undefined)?.cluster === plain["name"];
}
