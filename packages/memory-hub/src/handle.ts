import { jsonBody, type Target } from "./body.ts";
import { create } from "./create.ts";
import type { Kinds } from "./kinds.ts";
import { listOptions } from "./list-options.ts";
import { listPage } from "./list.ts";
import { mergePatch } from "./merge-patch.ts";
import { remove } from "./remove.ts";
import { formOf, represent, representPage } from "./represent.ts";
import { revise, type Revision } from "./revise.ts";
import type { ResourceRoute } from "./route.ts";
import { invalid, methodNotAllowed, noSuchResource, notFound } from "./status-error.ts";
import { keyFor, type Store } from "./store.ts";
import { watch, type Wire } from "./watch.ts";

/** What the hub is made of. */
export interface Hub {
  readonly store: Store;
  readonly kinds: Kinds;
  readonly bookmarkEvery: number;
}

/** What of an HTTP request matters here. */
export interface Asked {
  readonly url: URL;
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** An answer is a document, plain text, or a stream that a wire is handed to. */
export type Answer =
  | { readonly code: number; readonly body: object }
  | { readonly code: number; readonly text: string }
  | { readonly code: number; readonly resource: string; readonly stream: (wire: Wire) => () => void };

/** What Go's HTTP server says of a path that nobody has. */
export const pageNotFound: Answer = { code: 404, text: "404 page not found\n" };

/** Answers a request for objects of one kind. */
export function handle(hub: Hub, route: ResourceRoute, asked: Asked): Answer {
  const kind = hub.kinds.find(route.group, route.version, route.plural);
  if (kind === undefined) {
    // Groups that are compiled into a real server answer with a Status, all others as if the path did not exist.
    if (hub.kinds.all.some((each) => each.builtIn && each.group === route.group)) throw noSuchResource();
    return pageNotFound;
  }
  const hasSubresource = route.subresource === undefined || (route.subresource === "status" && kind.status && route.name !== undefined);
  if (!hasSubresource) throw noSuchResource();
  const dryRun = asked.url.searchParams.get("dryRun") === "All";
  const target: Target = { kind, namespace: kind.namespaced ? route.namespace : undefined, dryRun };
  return route.name === undefined ? handleMany(hub, route, target, asked) : handleOne(hub.store, route, target, route.name, asked);
}

function handleMany(hub: Hub, { verb }: ResourceRoute, target: Target, { url, accept, contentType, body }: Asked): Answer {
  const { store, bookmarkEvery } = hub;
  const { kind, namespace } = target;
  const form = formOf(accept);
  switch (verb) {
    case "list":
      return { code: 200, body: representPage(kind, listPage(store, kind, namespace, listOptions(url, false)), form) };
    case "watch": {
      const watched = { kind, namespace, options: listOptions(url, true), form, bookmarkEvery };
      return { code: 200, resource: kind.resource, stream: (wire) => watch(store, watched, wire) };
    }
    case "create": {
      if (kind.namespaced && namespace === undefined) throw methodNotAllowed();
      return { code: 201, body: represent(kind, create(store, target, jsonBody(body, contentType, ["application/json"])), form) };
    }
    case "get":
    case "update":
    case "patch":
    case "delete":
    case "deletecollection":
      throw methodNotAllowed();
  }
}

function handleOne(store: Store, route: ResourceRoute, target: Target, name: string, asked: Asked): Answer {
  const { kind } = target;
  const form = formOf(asked.accept);
  const revised = (by: Revision["by"], wanted: Revision["wanted"]): Answer => {
    const part = route.subresource === "status" ? "status" : kind.status ? "all but status" : "all";
    return { code: 200, body: represent(kind, revise(store, target, name, { by, wanted, part }), form) };
  };
  switch (route.verb) {
    case "get": {
      const object = store.get(kind.resource, keyFor(target, name));
      if (object === undefined) throw notFound(kind, name);
      return { code: 200, body: represent(kind, object, form) };
    }
    case "update": {
      const body = jsonBody(asked.body, asked.contentType, ["application/json"]);
      return revised("put", () => body);
    }
    case "patch": {
      const patch = jsonBody(asked.body, asked.contentType, ["application/merge-patch+json"]);
      return revised("patch", (current) => mergePatch(represent(kind, current, "whole"), patch));
    }
    case "delete":
      if (route.subresource !== undefined) throw methodNotAllowed();
      return deleted(store, target, name, asked);
    case "create":
    case "list":
    case "watch":
    case "deletecollection":
      throw methodNotAllowed();
  }
}

/** The options of a DELETE are in its body or in its query, never in both: a body silences the query, `dryRun` included. */
function deleted(store: Store, target: Target, name: string, { accept, contentType, body }: Asked): Answer {
  const { kind } = target;
  const options = body === "" ? {} : jsonBody(body, contentType, ["application/json"]);
  const dryRuns = (options["dryRun"] ?? []) as readonly unknown[];
  if (!dryRuns.every((each) => each === "All"))
    throw invalid(kind, name, "dryRun", `Unsupported value: ${JSON.stringify(dryRuns)}`, "FieldValueNotSupported");
  const dryRun = body === "" ? target.dryRun : dryRuns.length > 0;
  const { is, object } = remove(store, { ...target, dryRun }, name, options);
  if (is === "leaving") return { code: 200, body: represent(kind, object, formOf(accept)) };
  const details = { name, ...(kind.group !== "" && { group: kind.group }), kind: kind.plural, uid: object.metadata.uid };
  return { code: 200, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details } };
}
