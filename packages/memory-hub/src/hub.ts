import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { RollcallError, type KubeObject } from "@rollcall/contract";
import type { Target } from "./body.ts";
import { create } from "./create.ts";
import type { Hub } from "./handle.ts";
import { Kinds, namespaceKind, type ServedKind } from "./kinds.ts";
import type { JsonObject } from "./object.ts";
import type { HubKind, HubRequest, MemoryHubOptions } from "./options.ts";
import { remove, removeNamespace } from "./remove.ts";
import { revise } from "./revise.ts";
import { server, type OpenWatch, type Serving } from "./server.ts";
import { keyFor, Store } from "./store.ts";

/** A running API server in memory. */
export interface MemoryHub {
  readonly url: string;
  /** The admin's bearer token. */
  readonly token: string;
  /** Creates an object or puts it in place of what stands, status included; what is equal is not written again. */
  apply(object: KubeObject): KubeObject;
  /** Deletes an object; finalizers hold it as they do on a real server, a namespace goes with all that is in it. */
  remove(kind: string, namespace: string | undefined, name: string): void;
  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined;
  list(kind: string, namespace?: string): KubeObject[];
  /** Serves one more kind, as when a custom resource definition is created. */
  serve(kind: HubKind): void;
  /** Stops serving a kind, as when its definition is deleted: its objects go, then the watches end, then there is nothing there. */
  unserve(plural: string, group: string): void;
  /** Forgets what happened: every resourceVersion and continue token handed out so far is too old. */
  compact(): void;
  /** The audit log: every request for objects, in the order of the answers. */
  readonly requests: readonly HubRequest[];
  /** Ends every watch, as a server does that restarts. */
  closeWatches(): void;
  stop(): Promise<void>;
}

/** Starts an API server in memory on a loopback port. */
export async function startMemoryHub(options: MemoryHubOptions = {}): Promise<MemoryHub> {
  const token = randomBytes(16).toString("hex");
  const hub: Hub = { store: new Store(), kinds: new Kinds(), bookmarkEvery: options.bookmarkEvery ?? 60_000 };
  const admin = { name: "admin", token, rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] };
  const serving: Serving = { hub, users: [admin, ...(options.users ?? [])], requests: [], watches: new Set<OpenWatch>() };

  for (const name of ["default", "kube-system", ...(options.namespaces ?? [])]) {
    create(hub.store, { kind: namespaceKind, namespace: undefined, dryRun: false }, { metadata: { name } });
  }
  for (const kind of options.kinds ?? []) serve(hub, kind);

  const listening = server(serving).listen(options.port ?? 0, "127.0.0.1");
  await once(listening, "listening");
  return {
    url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    token,
    requests: serving.requests,
    ...hands(hub, (resource) => endWatches(serving, resource)),
    closeWatches: () => endWatches(serving),
    stop: async () => {
      endWatches(serving);
      const closed = once(listening, "close");
      listening.close();
      listening.closeAllConnections();
      await closed;
    },
  };
}

/** What can be done to a hub without HTTP. */
function hands(
  hub: Hub,
  endWatchesOf: (resource: string) => void,
): Omit<MemoryHub, "url" | "token" | "requests" | "closeWatches" | "stop"> {
  const { store, kinds } = hub;
  return {
    apply: (object) => structuredClone(apply(hub, object)),
    remove: (kindName, namespace, name) => {
      const kind = known(kinds.named(kindName), kindName);
      if (kind === namespaceKind) removeNamespace(store, kinds.all, name);
      else remove(store, { kind, namespace, dryRun: false }, name);
    },
    get: (kindName, namespace, name) => {
      const kind = known(kinds.named(kindName), kindName);
      return structuredClone(store.get(kind.resource, keyFor({ kind, namespace }, name)));
    },
    list: (kindName, namespace) => {
      const all = store.at(known(kinds.named(kindName), kindName).resource) ?? [];
      return all.flatMap(([key, object]) => (namespace === undefined || key.startsWith(`/${namespace}/`) ? [structuredClone(object)] : []));
    },
    serve: (kind) => serve(hub, kind),
    unserve: (plural, group) => {
      const resource = kinds.unserve(plural, group);
      for (const [, object] of store.at(resource) ?? []) store.delete(resource, object);
      endWatchesOf(resource);
    },
    compact: () => store.forget(),
  };
}

function apply({ store, kinds }: Hub, object: KubeObject): KubeObject {
  const kind = known(kinds.of(object), `${object.kind} of ${object.apiVersion}`);
  const { namespace, name } = object.metadata;
  if (kind.namespaced && namespace === undefined)
    throw new RollcallError("NoNamespace", `${kind.kind} "${name}" needs a namespace to be applied in; set metadata.namespace`, {
      retry: false,
    });
  const target: Target = { kind, namespace, dryRun: false };
  // Over the wire and back, so that what is stored is what a client could have sent, and nobody else's to change.
  const body = JSON.parse(JSON.stringify(object)) as JsonObject;
  const current = store.get(kind.resource, keyFor(target, name));
  if (current === undefined) return create(store, target, body, true);
  const resourceVersion = object.metadata.resourceVersion ?? current.metadata.resourceVersion;
  const wanted = { ...body, metadata: { ...object.metadata, resourceVersion } };
  return revise(store, target, name, { by: "put", part: "all", wanted: () => wanted });
}

function serve({ store, kinds }: Hub, kind: HubKind): void {
  const before = kinds.all;
  const { resource } = kinds.serve(kind);
  // Another version of a kind shows the same objects, with the past they have.
  if (!before.some((each) => each.resource === resource)) store.open(resource);
}

function endWatches({ watches }: Serving, resource?: string): void {
  for (const watch of watches) if (resource === undefined || watch.resource === resource) watch.end();
}

function known(kind: ServedKind | undefined, name: string): ServedKind {
  if (kind !== undefined) return kind;
  throw new RollcallError("NotServed", `the memory hub does not serve ${name}; name it in \`kinds\` or call serve()`, { retry: false });
}
