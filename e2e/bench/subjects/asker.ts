// Asks the same question again and again on kept connections, each as soon as it has its answer; reads as little of it as will do.
import { connect, type Socket } from "node:net";
import { createHistogram } from "node:perf_hooks";
import { now } from "../src/clock.ts";
import { say, told } from "./say.ts";

interface Told {
  readonly port: number;
  /** The request as it goes over the wire. */
  readonly request: string;
  readonly connections: number;
  readonly seconds: number;
}

const { port, request, connections, seconds } = told() as Told;
const bytes = Buffer.from(request);
const waits = createHistogram();
let wrong = 0;
let odd = "";
let plain = 0;
let isOver = false;

const sockets = await Promise.all(Array.from({ length: connections }, open));
say("started");
const began = now();
setTimeout(() => (isOver = true), seconds * 1000);
await Promise.all(sockets.map(ask));
const wall = now() - began;
say("done", {
  events: waits.count,
  rate: (waits.count * 1000) / wall,
  p50: waits.percentile(50) / 1000,
  p99: waits.percentile(99) / 1000,
  wrong,
  odd,
  plain,
});
sockets.forEach(({ socket }) => socket.destroy());

interface Asker {
  readonly socket: Socket;
  take: (chunk: Buffer) => void;
}

function open(): Promise<Asker> {
  return new Promise((resolve, reject) => {
    // One buffer for all that a connection ever reads: what arrives is counted, and not kept.
    const onread = {
      buffer: Buffer.allocUnsafe(256 * 1024),
      callback: (size: number, buffer: Uint8Array): boolean => {
        asker.take((buffer as Buffer).subarray(0, size));
        return true;
      },
    };
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread }, () => resolve(asker));
    const asker: Asker = { socket, take: () => undefined };
    socket.once("error", reject);
  });
}

/** Resolves when time is over and the last answer is there. */
function ask(asker: Asker): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = 0;
    let sent = 0;
    const send = (): void => {
      sent = now();
      asker.socket.write(bytes);
    };
    asker.socket.once("close", () => reject(new Error("the server closed a connection")));
    asker.take = (chunk) => {
      if (left === 0) left = beginOf(chunk);
      left -= chunk.length;
      if (left > 0) return;
      waits.record(Math.max(1, Math.round((now() - sent) * 1000)));
      if (isOver) resolve();
      else send();
    };
    send();
  });
}

/** The length of an answer with its head, of which this is the first piece. */
function beginOf(chunk: Buffer): number {
  const end = chunk.indexOf("\r\n\r\n");
  const head = chunk.toString("latin1", 0, end);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (end === -1 || length === undefined) throw new Error(`this is no answer that can be counted: ${chunk.toString("latin1", 0, 500)}`);
  if (!head.startsWith("HTTP/1.1 200 ")) {
    wrong += 1;
    odd ||= chunk.toString("latin1", 0, 800);
  } else if (!/content-encoding: gzip/i.test(head)) plain += 1;
  return end + 4 + Number(length);
}
