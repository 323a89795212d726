import type { ServerResponse } from "node:http";
import type { KubeObject } from "@rollcall/contract";
import type { ProxiedRequest } from "./fault-plan.ts";

/** A collection as it stood when it was recorded. */
export interface Recorded {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubeObject[] | null;
}

/** Answers reads as a server does that has not heard of anything since: a list, a get or a watch of a recorded collection. */
export interface Record {
  /** False when the request is about something else. */
  answer(request: ProxiedRequest, accept: string | undefined, response: ServerResponse): boolean;
  /** Ends the watches that it answered, so that whoever holds them looks elsewhere. */
  end(): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

export function recordOf(collections: ReadonlyMap<string, Recorded>): Record {
  const watches = new Set<ServerResponse>();
  const ended = Promise.withResolvers<void>();
  return {
    ended: ended.promise,
    answer(request, accept, response) {
      const { verb, path, name } = request;
      const found = collections.get(verb === "get" ? path.slice(0, path.lastIndexOf("/")) : path);
      if (found === undefined) return false;
      const isBare = accept?.includes("PartialObjectMetadata") ?? false;
      const objects = objectsOf(found, isBare);
      if (verb === "list") send(response, 200, listOf(found, objects.filter(selector(request)), isBare));
      else if (verb === "watch") watch(response, request, found, objects.filter(selector(request)));
      else if (verb === "get") sendOne(response, name, objects);
      else return false;
      return true;
    },
    end() {
      watches.forEach((response) => response.end());
      ended.resolve();
    },
  };

  function watch(response: ServerResponse, { query }: ProxiedRequest, { metadata }: Recorded, objects: readonly KubeObject[]): void {
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    const tell = (type: string, object: unknown): void => void response.write(`${JSON.stringify({ type, object })}\n`);
    if (query.get("sendInitialEvents") === "true") {
      for (const object of objects) tell("ADDED", object);
      const annotations = { "k8s.io/initial-events-end": "true" };
      tell("BOOKMARK", { kind: "Bookmark", metadata: { ...metadata, annotations } });
    } else if (Number(query.get("resourceVersion")) < Number(metadata.resourceVersion)) {
      // What happened until then was not recorded, and a real server forgets as well.
      tell("ERROR", failure(410, "Expired", "too old resource version"));
      return void response.end();
    }
    watches.add(response.once("close", () => watches.delete(response)));
  }
}

function objectsOf({ apiVersion, kind, items }: Recorded, isBare: boolean): readonly KubeObject[] {
  return (items ?? []).map((item) =>
    isBare
      ? { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: item.metadata }
      : { ...item, apiVersion, kind: kind.replace(/List$/, "") },
  );
}

function listOf({ apiVersion, kind, metadata }: Recorded, items: readonly KubeObject[], isBare: boolean): object {
  return isBare
    ? { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadataList", metadata, items }
    : { apiVersion, kind, metadata, items };
}

function sendOne(response: ServerResponse, name: string | undefined, objects: readonly KubeObject[]): void {
  const object = objects.find(({ metadata }) => metadata.name === name);
  send(response, object === undefined ? 404 : 200, object ?? failure(404, "NotFound", `"${name}" not found`));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function failure(code: number, reason: string, message: string): object {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", reason, message, code };
}

/** Selectors of equality, which are all that Rollcall asks with. */
function selector({ query }: ProxiedRequest): (object: KubeObject) => boolean {
  const wanted = (query.get("labelSelector") ?? "").split(",").filter((each) => each !== "");
  const pairs = wanted.map((each) => each.split(/==?/) as [string, string | undefined]);
  return ({ metadata }) => pairs.every(([key, value]) => value !== undefined && metadata.labels?.[key] === value);
}
