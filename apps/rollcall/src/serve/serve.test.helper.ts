import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Answerable, Placed, Ready } from "@rollcall/answers";
import { cluster } from "@rollcall/testing";
import type { ServeConfig } from "../config/serve.ts";
import { jsonLog } from "../log.ts";
import { folder } from "../run.test.helper.ts";
import { startServer, type Serve, type Serving } from "./server.ts";
import type { AnswerSource } from "./source.ts";

/** Two tokens as an operator would make them. */
export const token = "6f1b8a6c0d3e4f52a7c9";
export const otherToken = "e19d7c55b0a84f3392bd";

/** A list that stands still until it is told otherwise. */
export interface StandIn extends AnswerSource {
  /** What is answered, by list, or by list and placement. */
  readonly says: Map<string, Answerable>;
  /** Every question that came through. */
  readonly questions: string[];
}

/** Members by name, each with its place. */
export function members(...names: readonly string[]): readonly Placed[] {
  return names.map((name, order) => ({
    id: `fleet/${name}`,
    plain: { name, server: `https://${name}.example.test:6443` },
    cluster: cluster({ name }),
    order,
  }));
}

export function ready(generation: string, ...names: readonly string[]): Ready {
  return { is: "ready", generation, members: members(...names) };
}

/** A stand-in for the lists: `argocd` with two clusters and placement `web`, and `batch`. */
function standIn(): StandIn {
  const says = new Map<string, Answerable>([
    ["argocd", ready("1", "paris", "oslo")],
    ["argocd key web", ready("1", "oslo")],
    ["argocd key web in fleet", ready("1", "oslo")],
    ["batch", { is: "filling" }],
  ]);
  const questions: string[] = [];
  return {
    says,
    questions,
    lists: () => ["argocd", "batch"],
    answerable({ list, placement }) {
      const by = placement === undefined ? "" : "key" in placement ? ` key ${placement.key}` : ` name ${placement.name}`;
      const question = `${list}${by}${placement?.namespace === undefined ? "" : ` in ${placement.namespace}`}`;
      questions.push(question);
      return says.get(question) ?? { is: "no placement", why: "nobody has heard of it" };
    },
  };
}

export interface Running extends AsyncDisposable {
  readonly serving: Serving;
  readonly source: StandIn;
  /** Every log line so far, as text. */
  readonly lines: readonly string[];
  readonly files: { at(name: string): string; write(name: string, text: string): Promise<void> };
  /** Asks with the usual token, unless told otherwise. */
  ask(
    path: string,
    init?: { readonly method?: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Got>;
  /** Asks as Argo CD does. */
  post(parameters: unknown, headers?: Readonly<Record<string, string>>): Promise<Got>;
}

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came over the wire. */
  readonly bytes: Buffer;
  readonly text: string;
  readonly json: unknown;
}

/** A service on this machine with one token, and a folder for its files. */
export async function running(
  given: Partial<ServeConfig> & {
    readonly with?: Partial<Omit<Serve, "config">>;
    readonly content?: string;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): Promise<Running> {
  const { with: serve, content = `${token}\n`, files = {}, ...config } = given;
  const dir = await folder({ token: content, ...files });
  const lines: string[] = [];
  const source = standIn();
  const tokens = (config.tokens ?? [{ file: "token" }]).map((each) => ({ ...each, file: dir.at(each.file) }));
  const serving = await startServer({
    config: { listen: "127.0.0.1:0", insecure: false, maxAge: 600, whenHeld: "as before", ...config, tokens },
    source,
    log: jsonLog((line) => lines.push(line)),
    isReady: () => true,
    every: 20,
    ...serve,
  });
  const ask: Running["ask"] = (path, { method = "GET", body, headers = { authorization: `Bearer ${token}` } } = {}) =>
    asked(serving.url, path, method, headers, body);
  return {
    serving,
    source,
    lines,
    files: { at: (name) => dir.at(name), write: (name, text) => writeFile(dir.at(name), text) },
    ask,
    post: (parameters, headers) =>
      ask("/api/v1/getparams.execute", {
        method: "POST",
        body: `${JSON.stringify({ applicationSetName: "web", input: { parameters } })}\n`,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      }),
    async [Symbol.asyncDispose]() {
      await serving.stop();
      await dir[Symbol.asyncDispose]();
    },
  };
}

async function asked(url: string, path: string, method: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Got> {
  const sent = request(new URL(url).origin, { path: new URL(url).pathname.replace(/\/$/, "") + path, method, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const bytes = await buffer(answer);
  const text = bytes.toString("utf8");
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers as Got["headers"],
    bytes,
    text,
    get json(): unknown {
      return JSON.parse(text);
    },
  };
}

/** A bare connection, on which anything can be said, and all that came back until it was closed. */
export async function raw(url: string): Promise<{ readonly socket: Socket; readonly all: Promise<string> }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
  socket.on("error", () => undefined);
  return { socket, all: once(socket, "close").then(() => text) };
}

/** Looks again until it is so. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < 1000; turns += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => void setTimeout(resolve, 10));
  }
  throw new Error("it did not come to be");
}
