import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { RollcallError } from "@rollcall/contract";
import type { ServeConfig } from "../config/serve.ts";
import { addressOf } from "../listen.ts";
import type { Log } from "../log.ts";
import { acquaintedWith } from "./acquainted.ts";
import { attend, type Attended, type Desk } from "./attend.ts";
import { certificateFrom } from "./certificate.ts";
import { drainOf } from "./drain.ts";
import { keepAnswers } from "./kept-answers.ts";
import { limits as usual, type Limits } from "./limits.ts";
import { reply, saying } from "./reply.ts";
import { newSilent, type Silent } from "./silent.ts";
import type { AnswerSource } from "./source.ts";
import { newStrangers } from "./strangers.ts";
import { tell, toldOf, type Told } from "./tell.ts";
import { tokensFrom } from "./token-files.ts";
import { newUnderstanding } from "./understand.ts";
import { answerUnreadable } from "./unreadable.ts";

/** What a service needs to know. */
export interface Serve {
  readonly config: ServeConfig;
  readonly source: AnswerSource;
  readonly log: Log;
  readonly isReady: () => boolean;
  /** Hears of every request that is over, for those who count. */
  readonly heard?: (told: Told) => void;
  readonly limits?: Partial<Limits>;
  /** Milliseconds between two looks at the files of tokens and certificates. */
  readonly every?: number;
}

/** A service that runs. */
export interface Serving {
  readonly url: string;
  /** A cluster is gone from a list for good: what it said of itself need not be remembered any more. */
  forget(list: string, id: string): void;
  /** Takes no more questions, finishes what is at work, and ends. */
  stop(): Promise<void>;
}

/** Answers for the lists, to those who have a token for it, until it is stopped. */
export async function startServer(serve: Serve): Promise<Serving> {
  const { config, source, log, isReady, heard, every } = serve;
  const limits = { ...usual, ...serve.limits };
  const following = new AbortController();
  const files = { log, signal: following.signal, ...(every !== undefined && { every }) };
  try {
    const tokens = await tokensFrom({ tokens: config.tokens, ...files });
    const answers = keepAnswers();
    const known = { who: acquaintedWith(tokens), understand: newUnderstanding(limits.jsonDepth) };
    const desk: Desk = { config, source, ...known, answers, strangers: newStrangers(), isReady, log, limits };
    const server = await newServer(config, limits, files);
    const drain = drainOf(server, config.tls !== undefined);
    const hall: Hall = { silent: newSilent(limits.silent), unread: { bytes: 0 } };
    server.on("connection", (socket) => hall.silent.came(socket));
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      serveOne(request, response, { ...desk, ...hall }, (told) => {
        tell(told, log);
        heard?.(told);
      }).catch((error: unknown) => {
        log("error", "answer failed", { error });
        response.destroy();
      });
    });
    await listening(server, config.listen);
    return {
      url: urlOf(server, config),
      forget: (list, id) => answers.forget(list, id),
      async stop() {
        following.abort();
        await drain(limits.stopping);
      },
    };
  } catch (error) {
    following.abort();
    throw error;
  }
}

async function newServer(
  { tls }: ServeConfig,
  limits: Limits,
  files: Pick<Parameters<typeof certificateFrom>[0], "log" | "signal" | "every">,
): Promise<Server> {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.reading,
    requestTimeout: limits.reading,
    keepAliveTimeout: limits.idle,
    // Slow ones are looked for no more often than this.
    connectionsCheckingInterval: Math.min(1000, limits.reading / 4),
  };
  let server: Server;
  if (tls === undefined) server = createServer(options);
  else {
    const pair = await certificateFrom({ files: tls, ...files, renewed: (next) => secure.setSecureContext(next) });
    const secure = createTlsServer({ ...options, ...pair, handshakeTimeout: limits.reading });
    server = secure;
  }
  server.maxConnections = limits.connections;
  server.on("clientError", answerUnreadable);
  let toldLast = -Infinity;
  server.on("drop", () => {
    if (performance.now() - toldLast < 60_000) return;
    toldLast = performance.now();
    files.log("warn", "too many connections", { most: limits.connections, todo: "look who keeps them open; more are not taken" });
  });
  return server;
}

/** What is known of connections, and what they have still to read. */
interface Hall {
  readonly silent: Silent;
  readonly unread: { bytes: number };
}

async function serveOne(request: IncomingMessage, response: ServerResponse, desk: Desk & Hall, over: (told: Told) => void): Promise<void> {
  const started = performance.now();
  const { silent, unread } = desk;
  const isProbe = request.url === "/healthz" || request.url === "/readyz";
  const attended = await (unread.bytes > desk.limits.unread && !isProbe ? Promise.resolve(busy()) : attend(request, desk)).catch(
    (error: unknown): Attended => {
      // Whoever hangs up while it asks is no failure of ours.
      if (request.errored === null) desk.log("error", "answer failed", { error });
      return {
        route: "none",
        answer: saying(500, "Failed", "something went wrong that should not; look at the log of Rollcall, and please report it"),
      };
    },
  );
  if (attended.token !== undefined) silent.isKnown(request.socket);
  const from = request.socket.remoteAddress;
  const bytes = await reply(request, response, attended.answer, { writing: desk.limits.writing, unread });
  const milliseconds = Math.round(performance.now() - started);
  over(toldOf(attended, { method: request.method ?? "", bytes, milliseconds, isCut: !response.writableFinished, from }));
}

/** Whoever asks and does not read makes everybody wait, but not without end. */
function busy(): Attended {
  const message = "many answers wait to be read by those who asked for them; ask again in a moment";
  return { route: "none", answer: saying(503, "Busy", message, { "retry-after": "5" }) };
}

async function listening(server: Server, listen: string): Promise<void> {
  const { host, port } = addressOf(listen);
  server.listen(port, host);
  await once(server, "listening").catch((cause: unknown) => {
    throw new RollcallError("CannotListen", `cannot listen on ${listen}: ${String(cause)}; name another address in serve.listen`, {
      retry: false,
      cause,
    });
  });
}

function urlOf(server: Server, { listen, tls, prefix = "" }: ServeConfig): string {
  const { host, port } = addressOf(listen);
  const at = server.address();
  const bound = typeof at === "object" && at !== null ? at.port : port;
  return `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${bound}${prefix}`;
}
