import type { Kind, KubeObject } from "@rollcall/contract";
import { groupOf } from "@rollcall/kube";
import { askedName, rollName, type Mode } from "@rollcall/sync";
import type { Config, ListConfig, ServerRef } from "./config/config.ts";
import { apisOf, bothApis } from "./hub/placement.ts";
import { loginRights } from "./login-rights.ts";
import { refreshRights } from "./refresh/rights.ts";
import { serverKey, serverOf } from "./servers.ts";

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** The rights on one server. */
export interface ServerRights {
  /** Which server, in words. */
  readonly server: string;
  readonly objects: readonly KubeObject[];
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const inOrder = ["get", "list", "watch", "create", "patch", "delete"];

/** What a list does to the objects that stand for clusters; they are read one by one only where a name is taken. */
const verbs: Readonly<Record<Mode, readonly string[]>> = {
  observe: ["list", "watch"],
  upsert: ["get", "list", "watch", "create", "patch"],
  sync: inOrder,
};

/** Who is to have the rights: whoever keeps the lists, whoever only looks at them, or whoever looks and says yes or gives orders. */
export const roles = ["keeper", "viewer", "operator"] as const;
export type Role = (typeof roles)[number];

/** Whose they are if not said. Roles are named by their account, so what is printed for one of these takes nothing from another. */
export const defaultAccounts: Readonly<Record<Role, string>> = {
  keeper: "rollcall/rollcall",
  viewer: "rollcall/rollcall-viewer",
  operator: "rollcall/rollcall-operator",
};

/** Exactly what a config needs, server by server, the hub first: a right that is not used is one that can be misused. */
export function rbacOf(config: Config, account: Account, role: Role = "keeper"): readonly ServerRights[] {
  const { inventory, lists } = config;
  // Whoever orders something about a cluster is told when nobody knows it.
  const profiles = [...(role === "operator" ? ["get"] : []), "list", "watch"];
  const onHub: Placed[] = [
    ...inventory.namespaces.map((namespace) => ({ namespace, rule: rule("multicluster.x-k8s.io", "clusterprofiles", profiles) })),
    { rule: { ...rule("", "namespaces", ["get"]), resourceNames: ["kube-system"] } },
    // Which versions there are is told to everybody who is logged in.
    ...(lists.some(({ asksNamespaces }) => asksNamespaces)
      ? [{ rule: { ...rule("", "namespaces", ["list", "watch"]), resourceNames: inventory.namespaces } }]
      : []),
    ...decisionRights(config),
  ];
  const logins = role === "keeper" ? loginRights(config) : [];
  for (const { namespace, resource, names, verbs: can } of logins)
    onHub.push({ namespace, rule: { ...rule("", resource, can), ...(names && { resourceNames: names }) } });
  const hub = serverKey(inventory);
  const servers = Map.groupBy(lists, (list) => serverKey(serverOf(list, config)));
  const rights = (of: readonly ListConfig[]): readonly Placed[] => of.flatMap((list) => rightsOf(list, config, role));
  const others = [...servers].filter(([key]) => key !== hub);
  const refreshes = Map.groupBy(role === "keeper" ? refreshRights(config) : [], ({ server }) => serverKey(server));
  const telling = (key: string): readonly Placed[] => refreshes.get(key)?.map(({ kind }) => placed(kind, ["list", "patch"])) ?? [];
  const elsewhere = [...refreshes].filter(([key]) => key !== hub && !servers.has(key));
  return [
    { server: "the hub", objects: manifests([...onHub, ...rights(servers.get(hub) ?? []), ...telling(hub)], account) },
    ...others.map(([key, of]) => ({
      server: `the target of ${of.map(({ name }) => name).join(", ")} ${inWords(of[0]!.target)}`,
      objects: manifests([...rights(of), ...telling(key)], account),
    })),
    ...elsewhere.map(([key, [first]]) => ({ server: `${first!.of} ${inWords(first!.server)}`, objects: manifests(telling(key), account) })),
  ];
}

/** Decisions are read where a list follows one, and of those APIs alone in which it may be; whoever asks may ask for one of any. */
function decisionRights({ inventory, lists, serve }: Config): readonly Placed[] {
  const followed = lists.flatMap(({ placement }) => (placement === undefined ? [] : apisOf(placement)));
  const apis = new Set([...followed, ...(serve === undefined ? [] : bothApis)]);
  return inventory.placements.namespaces.flatMap((namespace) =>
    [...apis].map((api) => ({ namespace, rule: rule(api, "placementdecisions", ["list", "watch"]) })),
  );
}

function inWords({ kubeconfig, context }: ServerRef): string {
  return `(${[kubeconfig && `kubeconfig ${kubeconfig}`, context && `context ${context}`].filter(Boolean).join(", ")})`;
}

interface Placed {
  /** Absent for rights in the whole cluster. */
  readonly namespace?: string;
  readonly rule: Rule;
}

function rightsOf(
  { name, consumer, options, mode }: ListConfig,
  { instance, serve, stateNamespace }: Config,
  role: Role,
): readonly Placed[] {
  // Both ways to go: whoever is on one of them stays on it when the config names the other.
  const { drain, release } = consumer.adapter.leave(options);
  const reads = [...drain, ...release].flatMap((step) => (step.does === "untilUnused" ? step.reads : []));
  const does = role === "keeper" ? mode : "observe";
  const writesRoll = does === "sync" || role === "operator";
  const roll = {
    ...rule("", "configmaps", ["get", ...(writesRoll ? ["patch"] : [])]),
    // Whom its placements were answered last stands beside it.
    resourceNames: [rollName({ instance, list: name }), ...(serve === undefined ? [] : [askedName({ instance, list: name })])],
  };
  const kinds = consumer.adapter.writes(options);
  // Whoever looks is told which namespace is not there; a keeper finds out by writing.
  const places = [...kinds.flatMap(({ namespace = "*" }) => (namespace === "*" ? [] : [namespace])), stateNamespace];
  const asks = { ...rule("", "namespaces", ["get"]), resourceNames: [...new Set(places)] };
  return [
    ...kinds.map((kind) => placed(kind, verbs[does])),
    ...(role === "keeper" ? [] : [{ rule: asks }]),
    ...(mode === "sync" ? reads.map((kind) => placed(kind, ["list"])) : []),
    // The roll is followed in every mode, and written where clusters may leave. Others' ConfigMaps may lie beside it.
    { namespace: stateNamespace, rule: rule("", "configmaps", ["list", "watch", ...(writesRoll ? ["create"] : [])]) },
    { namespace: stateNamespace, rule: roll },
  ];
}

function placed(kind: Kind, can: readonly string[]): Placed {
  const { namespace } = kind;
  return { ...(namespace !== undefined && namespace !== "*" && { namespace }), rule: rule(groupOf(kind), kind.plural, can) };
}

function rule(group: string, resource: string, can: readonly string[]): Rule {
  return { apiGroups: [group], resources: [resource], verbs: can };
}

/** One role for each namespace and one for the whole cluster, each bound to the account. */
function manifests(rights: readonly Placed[], account: Account): readonly KubeObject[] {
  return [...Map.groupBy(rights, ({ namespace }) => namespace)].flatMap(([namespace, of]) => {
    const kind = namespace === undefined ? "ClusterRole" : "Role";
    // Two installations may have accounts of one name, and then each would take the other's rights away.
    const name = `${account.namespace}.${account.name}`;
    const metadata = { name, ...(namespace !== undefined && { namespace }) };
    const apiVersion = "rbac.authorization.k8s.io/v1";
    return [
      { apiVersion, kind, metadata, rules: distinct(of.map((each) => each.rule)) },
      {
        apiVersion,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
        subjects: [{ kind: "ServiceAccount", ...account }],
      },
    ];
  });
}

/** Lists that need rights on one resource need them once. */
function distinct(rules: readonly Rule[]): readonly Rule[] {
  const groups = Map.groupBy(rules, ({ apiGroups, resources, resourceNames }) => JSON.stringify([apiGroups, resources, resourceNames]));
  return [...groups.values()].map((same) => ({
    ...same[0]!,
    verbs: inOrder.filter((verb) => same.some((each) => each.verbs.includes(verb))),
  }));
}
