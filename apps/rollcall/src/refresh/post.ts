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
  /** Milliseconds for which nobody is told again, and for which it is remembered who asks; 2,000 unless tests say otherwise. */
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
 *   cannot be read or told now      tried again, less and less often
 *   not allowed, not there          nobody is told; the log says which right is missing
 */
export function newPost({ consumer, namespace, to, log, signal, rest = 2000 }: PostParts): Post {
  const kind: Kind = { ...consumer.kind, namespace };
  const place = { kind: kind.kind, namespace };
  const retry = backoff();
  const askers = whoAsks({ consumer, kind, signal, rest });
  const complained = new Set<string>();
  const news = new Map<string, AnswerNews>();
  /** When whom is to be told, and who was told when. */
  const due = new Map<string, number>();
  const told = new Map<string, number>();
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
    const earliest = news.size > 0 ? 0 : Math.min(...due.values()) - performance.now();
    timer = setTimeout(() => void (working = turn()), Math.max(wait, earliest)).unref();
  }

  /** Finds out whom the news concern. */
  async function address(transport: Transport): Promise<void> {
    if (news.size === 0) return;
    const taken = [...news];
    const all = await unlessForbidden("list", () => askers(transport));
    for (const [key] of taken) news.delete(key);
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
    const wait = Math.max(rest, retry.next());
    // What is refused for good, somebody else has to mend; they ask again by themselves in the end.
    for (const [name, error] of failed) if (isWorthIt(error)) due.set(name, performance.now() + wait);
    complain([...failed.values()][0], wait);
  }

  function complain(error: unknown, retryIn: number): void {
    if (!signal.aborted) log("warn", "those who ask cannot be told", { ...place, error, retryIn: Math.round(retryIn) });
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

function isWorthIt(error: unknown): boolean {
  return error instanceof RollcallError && error.retry;
}
