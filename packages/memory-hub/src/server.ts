import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { authorise, userOf, withSubresource } from "./authorise.ts";
import { discovery } from "./discovery.ts";
import { handle, pageNotFound, type Answer, type Hub } from "./handle.ts";
import { valueAt } from "./object.ts";
import type { HubRequest, HubUser } from "./options.ts";
import { routeOf, type ResourceRoute, type Route } from "./route.ts";
import { nameSelected } from "./selectors.ts";
import { badRequest, internalError, StatusError } from "./status-error.ts";
import { whoAsks } from "./who.ts";
import type { Wire } from "./watch.ts";

const largestBody = 3 * 1024 * 1024;

/** What the server needs to know, and what it reports. */
export interface Serving {
  readonly hub: Hub;
  readonly users: readonly HubUser[];
  readonly requests: HubRequest[];
  readonly watches: Set<OpenWatch>;
}

/** A watch that somebody holds. */
export interface OpenWatch {
  readonly resource: string;
  readonly end: () => void;
}

/** The HTTP side of a hub: one request in, one answer out, one line in the audit log. */
export function server(serving: Serving): Server {
  // As long as a real server keeps an idle connection: a client that comes back finds it open.
  return createServer({ keepAliveTimeout: 90_000 }, (request, response) => {
    answer(serving, request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
}

async function answer(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  const url = new URL(request.url ?? "/", "http://hub");
  const about: { user: string; route?: Route } = { user: "" };
  const answered = attempt(() => {
    about.route = routed(request.method ?? "GET", url);
    const user = userOf(request.headers.authorization, serving.users);
    about.user = user.name;
    const self = whoAsks(about.route, user);
    if (self !== undefined) return self;
    authorise(user, about.route, nameSelected(url.searchParams.get("fieldSelector") ?? ""));
    if (body === undefined) return { code: 413, text: "" };
    if (about.route.is === "path") return document(url.pathname, serving.hub);
    const { accept, "content-type": contentType } = request.headers;
    return handle(serving.hub, about.route, { url, accept, contentType, body });
  });
  if (about.route?.is === "resource") serving.requests.push(audited(about.user, about.route, request.url ?? "", answered));
  if ("stream" in answered) stream(serving, answered, response);
  else send(answered, response);
}

function send(answered: Exclude<Answer, { stream: unknown }>, response: ServerResponse): void {
  const isText = "text" in answered;
  const type = isText ? "text/plain; charset=utf-8" : "application/json";
  // A real server names a delay wherever it asks to be tried again.
  const retry = answered.code === 504 || answered.code === 429 ? { "Retry-After": "1" } : {};
  const text = isText ? answered.text : `${JSON.stringify(answered.body)}\n`;
  response.writeHead(answered.code, {
    "Content-Type": type,
    "Cache-Control": "no-cache, private",
    ...retry,
    "Content-Length": Buffer.byteLength(text),
  });
  response.end(text);
}

function stream(serving: Serving, answered: Extract<Answer, { stream: unknown }>, response: ServerResponse): void {
  response.writeHead(answered.code, { "Content-Type": "application/json", "Cache-Control": "no-cache, private" });
  // Headers go out at once: whoever watches wants to know that the watch stands, long before something happens.
  response.flushHeaders();
  const end = (): unknown => response.end();
  // Between the end and the close of the connection something may still happen: it is for the next watch.
  const event: Wire["event"] = (type, object) => response.writableEnded || response.write(`${JSON.stringify({ type, object })}\n`);
  const close = answered.stream({ event, end });
  const open: OpenWatch = { resource: answered.resource, end };
  serving.watches.add(open);
  response.on("close", () => {
    close();
    serving.watches.delete(open);
  });
}

/** What is answered at paths that are no objects. */
function document(path: string, { kinds }: Hub): Answer {
  if (["/readyz", "/livez", "/healthz"].includes(path)) return { code: 200, text: "ok" };
  const body = discovery(path, kinds.all);
  return body === undefined ? pageNotFound : { code: 200, body };
}

function attempt(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    const { status } = error instanceof StatusError ? error : internalError(error);
    return { code: status.code, body: status };
  }
}

function routed(method: string, url: URL): Route {
  try {
    return routeOf(method, url);
  } catch (error) {
    throw error instanceof URIError ? badRequest(`the path ${url.pathname} is not spelled as a URL`) : error;
  }
}

/** Of a creation, only the body tells the name; the answer repeats it. */
function audited(user: string, route: ResourceRoute, path: string, answered: Answer): HubRequest {
  const { verb, namespace } = route;
  const said =
    verb === "create" && "body" in answered
      ? (valueAt(answered.body, "metadata.name") ?? valueAt(answered.body, "details.name"))
      : undefined;
  const name = route.name ?? (typeof said === "string" ? said : undefined);
  const place = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
  return { user, verb, path, resource: withSubresource(route), ...place, code: answered.code };
}

/** The whole body as text, or undefined when it is larger than a real server takes. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBody) chunks.push(chunk);
  }
  return size > largestBody ? undefined : Buffer.concat(chunks).toString("utf8");
}
