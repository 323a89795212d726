import { RollcallError, type Kind } from "@rollcall/contract";
import { backoff, isApiError, patch, type Transport } from "@rollcall/kube";
import type { AnswerNews } from "../answers/news.ts";
import type { Log } from "../log.ts";
import { concerns } from "./asks.ts";
import type { Consumer } from "./consumer.ts";
import { noneWhere404, whoAsks } from "./who-asks.ts";

export interface PostParts {
  readonly consumer: Consumer;
  readonly namespace: string;
  readonly to: () => Promise<Transport>;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds for which nobody is told again; half of it passes before it is read again who asks. 2,000 unless tests say otherwise. */
  readonly rest?: number | undefined;
}

/** Carries news to those of one namespace who asked. */
export interface Post {
  tell(news: AnswerNews): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** News that come together are told together. */
const together = 250;
const mostInTurn = 100;
const mostAtOnce = 4;

/**
 * Who asks is read when there is something to tell, and never followed.
 *   news                            every object that it concerns is due, once, however many there are
 *   told less than 2 s ago          due when these are over
 *   read less than 1 s ago          read again when that is over: who has come since may have asked before
 *   cannot be read or told now      tried again, less and less often
 *   not allowed, not there          nobody is told; the log says which right is missing
 */
export function newPost({ consumer, namespace, to, log, signal, rest = 2000 }: PostParts): Post {
  const kind: Kind = { ...consumer.kind, namespace };
  const place = { kind: kind.kind, namespace };
  const retry = backoff();
  const complained = new Set<string>();
  const news = new Map<string, AnswerNews>();
  /** When whom is to be told, and who was told when. */
  const due = new Map<string, number>();
  const told = new Map<string, number>();
  /** Until when it is not read again who asks. */
  let readAgain = 0;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  async function turn(): Promise<void> {
    let wait = together;
    try {
      const transport = await to();
      await address(transport);
      await deliver(transport);
    } catch (error) {
      wait = retry.next();
      complain(error, wait);
    }
    working = undefined;
    wakeIn(wait);
  }

  function wakeIn(wait: number): void {
    clearTimeout(timer);
    if (signal.aborted || working !== undefined || (news.size === 0 && due.size === 0)) return;
    const next = Math.min(news.size > 0 ? readAgain : Infinity, ...due.values());
    timer = setTimeout(() => void (working = turn()), Math.max(wait, Math.ceil(next - performance.now()))).unref();
  }

  /** Finds out whom the news concern. */
  async function address(transport: Transport): Promise<void> {
    const now = performance.now();
    if (news.size === 0 || now < readAgain) return;
    const taken = [...news];
    // The same news again, while it is read who asks, may be for somebody who is not to be read yet.
    news.clear();
    const all = await unlessForbidden("list", () => whoAsks(transport, consumer, kind, signal)).catch((error: unknown) => {
      for (const [key, each] of taken) news.set(key, each);
      throw error;
    });
    readAgain = now + rest / 2;
    for (const { name, asks } of all ?? []) {
      if (due.has(name) || !taken.some(([, each]) => asks.some((question) => concerns(each, question)))) continue;
      due.set(name, (told.get(name) ?? -rest) + rest);
    }
  }

  async function deliver(transport: Transport): Promise<void> {
    const now = performance.now();
    for (const [name, at] of told) if (now - at > rest) told.delete(name);
    const names = [...due].flatMap(([name, at]) => (at <= now ? [name] : [])).slice(0, mostInTurn);
    if (names.length === 0) return;
    const left = names.values();
    const failed = new Map<string, unknown>();
    let count = 0;
    const carry = async (): Promise<void> => {
      for (const name of left) {
        due.delete(name);
        try {
          if (await tellOne(transport, name)) count += 1;
        } catch (error) {
          failed.set(name, error);
        }
      }
    };
    await Promise.all(Array.from({ length: mostAtOnce }, carry));
    if (count > 0) log("info", "told those who ask", { ...place, objects: count });
    if (failed.size === 0) return retry.reset();
    // What is refused for good, somebody else has to mend; they ask again by themselves in the end.
    const again = [...failed].filter(([, error]) => error instanceof RollcallError && error.retry);
    const wait = again.length === 0 ? undefined : Math.max(rest, retry.next());
    for (const [name] of again) due.set(name, performance.now() + wait!);
    complain([...failed.values()][0], wait);
  }

  function complain(error: unknown, retryIn?: number): void {
    const todo = retryIn === undefined ? {} : { retryIn: Math.round(retryIn) };
    if (!signal.aborted) log("warn", "those who ask cannot be told", { ...place, error, ...todo });
  }

  async function tellOne(transport: Transport, name: string): Promise<boolean> {
    const metadata = { name, namespace };
    // After an error it stands as it was left, and the same value again would be no change.
    const annotations = { [consumer.annotation]: new Date().toISOString() };
    told.set(name, performance.now());
    const answer = await unlessForbidden("patch", () =>
      patch(transport, kind, { metadata }, { metadata: { annotations } }, signal).catch(noneWhere404),
    );
    return answer !== undefined && "metadata" in answer;
  }

  /** What is not allowed is said once, and again when it was allowed meanwhile. */
  async function unlessForbidden<T>(verb: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await call();
      complained.delete(verb);
      return answer;
    } catch (error) {
      if (!isApiError(error, 403)) throw error;
      if (!complained.has(verb)) log("warn", "telling those who ask is not allowed", { ...place, verb, error });
      complained.add(verb);
      return undefined;
    }
  }

  return {
    tell(each) {
      const isFirst = news.size === 0;
      news.set(JSON.stringify(each), each);
      if (isFirst) wakeIn(together);
    },
    async idle() {
      await working;
    },
  };
}
