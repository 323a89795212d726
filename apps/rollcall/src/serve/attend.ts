import type { IncomingMessage } from "node:http";
import { parseQuery, refused, unlessKnown, type Answerable, type Request } from "@rollcall/answers";
import { isRefusal, type Refusal } from "@rollcall/contract";
import type { ServeConfig } from "../config/serve.ts";
import type { Log } from "../log.ts";
import type { Who } from "./acquainted.ts";
import { bodyOf } from "./body.ts";
import type { KeptAnswers, Written } from "./kept-answers.ts";
import type { Limits } from "./limits.ts";
import { saying } from "./reply.ts";
import { routeOf, type Route } from "./routes.ts";
import { askedWithin, heardWithin, listsWithin } from "./scope.ts";
import type { AnswerSource } from "./source.ts";
import type { Strangers } from "./strangers.ts";
import type { TokenFile } from "./token-files.ts";
import type { Understand } from "./understand.ts";

/** What it takes to answer one request. */
export interface Desk {
  readonly config: Pick<ServeConfig, "prefix">;
  readonly source: AnswerSource;
  readonly who: Who;
  readonly understand: Understand;
  readonly answers: KeptAnswers;
  readonly strangers: Strangers;
  readonly isReady: () => boolean;
  readonly log: Log;
  readonly limits: Limits;
}

/** What came of a request, and what may be said of it in a log. */
export interface Attended {
  readonly answer: Written;
  readonly route: Route | "none";
  readonly asked?: Pick<Request, "list" | "placement">;
  readonly token?: TokenFile;
  /** One of many that say the same. */
  readonly isNoise?: boolean;
}

/** Finds out what is asked and by whom, and answers it. */
export async function attend(request: IncomingMessage, desk: Desk): Promise<Attended> {
  const { config } = desk;
  const [path, query] = splitAt(request.url ?? "", "?");
  const routed = routeOf(request.method ?? "", path, config.prefix);
  const route = routed.is === "route" ? routed.route : "none";
  if (routed.is === "route" && (route === "healthz" || route === "readyz")) return { route, answer: health(route, desk.isReady()) };

  const who = desk.who(request.socket, request.headers.authorization);
  const astray = routed.is === "route" ? undefined : whereElse(routed, config.prefix ?? "");
  if (isRefusal(who))
    return { route, ...toStranger(request, astray ?? saying(401, who.reason, who.message, { "www-authenticate": "Bearer" }), desk) };
  if (routed.is !== "route") return { route, answer: astray!, token: who };

  const question = await read(request, routed.route, routed.list, query, desk);
  if ("status" in question) return { route, answer: question, token: who };
  if (isRefusal(question)) {
    const { status, headers, body } = refused({ status: 400, why: question });
    return { route, answer: { status, headers, raw: Buffer.from(body) }, token: who };
  }
  const { asked, answerable } = await ask(question, who, desk);
  const answer = await desk.answers.of(answerable, asked);
  const known = request.method === "GET" && unlessKnown({ ...answer, body: "" }, request.headers["if-none-match"]).status === 304;
  return { route, asked, token: who, answer: known ? { ...answer, status: 304 } : answer };
}

/** The question within the scope of whoever asks, and what the list says to it. */
async function ask(question: Request, scope: TokenFile, { source }: Desk): Promise<{ asked: Request; answerable: Answerable }> {
  const lists = source.lists();
  const asked = askedWithin(question, scope, lists);
  if ("is" in asked) return { asked: question, answerable: asked };
  const { list, placement } = asked;
  const said = heardWithin(await source.answerable({ list, ...(placement && { placement }) }), scope);
  if (said.is === "no list") return { asked, answerable: { is: "no list", lists: listsWithin(scope, lists) } };
  return { asked, answerable: said };
}

async function read(
  request: IncomingMessage,
  route: Route,
  list: string | undefined,
  query: string,
  { limits: { bodyBytes }, understand }: Desk,
): Promise<Request | Refusal | Written> {
  if (route !== "plugin") {
    const named = list === undefined ? [] : [["list", list] as const];
    return parseQuery(route === "flux" ? "flux" : "clusters", [...named, ...new URLSearchParams(query)]);
  }
  const body = await bodyOf(request, bodyBytes);
  if (body === undefined)
    return saying(413, "TooLarge", `the body has more than ${bodyBytes} bytes; send what the plugin generator sends`, {
      connection: "close",
    });
  return understand(body);
}

/** Whoever only asks for health need not be known, and so is not let stay. */
function health(route: "healthz" | "readyz", isReady: boolean): Written {
  if (route === "readyz" && !isReady)
    return saying(503, "NotReady", "not every list has been gone through yet; ask again soon", { "retry-after": "5", connection: "close" });
  return {
    status: 200,
    headers: { "content-type": "text/plain", "cache-control": "no-store", connection: "close" },
    raw: Buffer.from("ok\n"),
  };
}

function whereElse(routed: Exclude<ReturnType<typeof routeOf>, { is: "route" }>, prefix: string): Written {
  if (routed.is === "wrong method")
    return saying(405, "WrongMethod", `only ${routed.allow} is answered here; ask with it`, { allow: routed.allow });
  const all = ["/api/v1/getparams.execute", "/flux/v1/inputs", "/api/v1/clusters", "/api/v1/lists/NAME"].map((each) => prefix + each);
  return saying(404, "NoSuchPath", `nothing is answered here, only at ${all.join(", ")}, /healthz and /readyz; correct the URL`);
}

/** Nobody whom we do not know is told the same for ever, and their connections are not kept. */
function toStranger(request: IncomingMessage, refusal: Written, { strangers }: Desk): Pick<Attended, "answer" | "isNoise"> {
  const tooMany = strangers.failed(request.socket.remoteAddress ?? "");
  if (tooMany === undefined) return { answer: { ...refusal, headers: { ...refusal.headers, connection: "close" } } };
  const { seconds, isFirst } = tooMany;
  const answer = saying(
    429,
    "TooManyFailures",
    `too many requests without a token that is known here came from this address; correct the token, and wait ${seconds} s`,
    {
      "retry-after": String(seconds),
      connection: "close",
    },
  );
  return { answer, isNoise: !isFirst };
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
