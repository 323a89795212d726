import { isRefusal, refusal, refusalOf, type ClusterId, type Handed, type Refusal } from "@rollcall/contract";
import type { Ask, Resolve, Resolved, Source } from "../resolve.ts";
import { isOfProvider, isResting, newBreaker, pause, type Breaker } from "./breaker.ts";
import { statusOf, type CredentialStatus, type Entry } from "./entry.ts";
import { believed, endOf, expiryOf, fromOf, handedOf, isReplaced, isSame, keyOf, never, renewal, secretsIn } from "./lasting.ts";
import { newTurns, urgent } from "./turns.ts";

export interface CredentialsOptions {
  readonly resolve: Resolve;
  /** The Secret that a login comes from with which the credential is got, as it stands; why it may not be used; or nothing, where there is none. */
  readonly source?: (ask: Ask, signal: AbortSignal) => Promise<Source | Refusal | undefined>;
  /** So many are resolved at once. */
  readonly parallel: number;
  readonly now: () => number;
  /** From 0 to 1: spreads what would be due in one moment. */
  readonly random: () => number;
  /** A cluster's credential is another, or cannot be had any more, or can again. */
  readonly onNews: (id: ClusterId) => void;
}

/** A credential as it is now. Where it could not be renewed it is the last good one, with the reason. */
export interface Held {
  /** None where one that was handed over before is still good. */
  readonly resolved?: Resolved;
  readonly failing?: Refusal;
  /** What is to be remembered where it is written. */
  readonly handed?: Handed;
}

/** The credentials of all clusters, each resolved once for all lists and renewed before it expires. */
export interface Credentials {
  /** With what was handed over before, that is assumed as long as it need not be renewed. */
  get(ask: Ask, handed?: Handed): Promise<Held | Refusal>;
  /** What it was made from has changed: it is resolved anew before anybody gets it again. */
  outdated(id: ClusterId): void;
  /** At this moment nobody asks for a credential of this cluster: what is held is not renewed unless somebody does by then. */
  release(id: ClusterId): void;
  /** Nobody needs a credential for this cluster any more. */
  forget(id: ClusterId): void;
  status(): ReadonlyMap<ClusterId, readonly CredentialStatus[]>;
  /** The Secrets that credentials were read from. */
  sources(): Iterable<readonly [ClusterId, Source]>;
  close(): void;
}

/** Milliseconds until a Secret is asked about again that could not be read. */
const askSourceAgain = 30_000;
/** From one renewal to the next, whatever life somebody gives. */
const shortest = 10_000;

export function newCredentials({
  resolve,
  source = () => Promise.resolve(undefined),
  parallel,
  now,
  random,
  onNews,
}: CredentialsOptions): Credentials {
  const entries = new Map<ClusterId, Map<string, Entry>>();
  const breakers = new Map<string, Breaker>();
  const turns = newTurns(parallel, now);
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let timerAt = never;

  function breakerOf(provider: string): Breaker {
    const known = breakers.get(provider) ?? newBreaker();
    breakers.set(provider, known);
    return known;
  }

  function isGood(entry: Entry): boolean {
    return entry.resolved !== undefined && now() < expiryOf(entry.resolved);
  }

  /** Whether what an earlier program handed over need not be renewed yet; then it is renewed when that program would have. */
  function isAssumed(entry: Entry, handed: Handed | undefined): boolean {
    if (entry.resolved !== undefined || handed === undefined || handed.by !== entry.key || entry.failing?.revokes) return false;
    // A Secret is read anew: that costs little, and it may be another, or not agree any more, since then.
    if (entry.ask.provider.credential?.kind === "secret") return false;
    const [from, until] = [Date.parse(handed.from ?? ""), Date.parse(handed.until ?? "")];
    const due = from + (until - from) * renewal(entry.key);
    // Also where a clock has gone back, or somebody wrote what cannot be. What is due already is good while another is got.
    if (!(from <= now() && now() < until)) return false;
    if (entry.assumed === undefined) check(entry);
    entry.assumed = handed;
    // What is tried again soon is not put off by what somebody may have made of no use.
    if (entry.failing === undefined && entry.due < due) entry.due = due;
    wake(entry.due);
    return true;
  }

  /** What an earlier program got with a login from a Secret is good as long as that Secret agrees: it is read, and followed from now on. */
  function check(entry: Entry): void {
    const checking = async (): Promise<void> => {
      const found = await source(entry.ask, closing.signal).catch(refusalOf);
      if (entry.assumed === undefined || !isCurrent(entry)) return;
      if (!isRefusal(found)) entry.source = found;
      else if (found.revokes) failed(entry, found, pause(entry.failures++, random()));
      else setTimeout(() => check(entry), askSourceAgain).unref();
    };
    void checking();
  }

  /** One ask at a time for each; whoever comes meanwhile gets what comes of it. */
  function renew(entry: Entry): Promise<void> {
    entry.underWay ??= work(entry).finally(() => {
      entry.underWay = undefined;
      if (isCurrent(entry)) wake(entry.due);
    });
    return entry.underWay;
  }

  async function work(entry: Entry): Promise<void> {
    entry.due = never;
    const { cluster, provider } = entry.ask;
    const isOver = await turns.take(cluster.namespace, dueOf(entry));
    try {
      const breaker = breakerOf(provider.name);
      const wait = breaker.waits(cluster, now());
      if (wait > 0) {
        // Whoever was told why it failed is told that still.
        const down = entry.failing ?? isResting(provider.name, breaker.last());
        // Whoever has not failed itself comes a moment before the others, and is what it is tried out with.
        return failed(entry, down, wait + (entry.failures > 0 ? 1000 : 0));
      }
      const answer = await resolve({ ...entry.ask, known: secretsIn(entry.resolved) }, closing.signal).catch(refusalOf);
      const given = isRefusal(answer) ? answer : believed(entry, answer, now());
      if (!isRefusal(given)) breaker.succeeded();
      else if (isOfProvider(given)) breaker.failed(cluster, now(), given.reason);
      else breaker.passed(cluster);
      if (isRefusal(given)) return failed(entry, given, pause(entry.failures++, random()));
      took(entry, given);
    } finally {
      isOver();
    }
  }

  /** By when it wants its turn: a newcomer as soon as what ends in a minute, and later who failed before and has nothing that stands. */
  function dueOf({ resolved, assumed, failures }: Entry): number {
    const ends = endOf(resolved, assumed);
    const stands = (resolved ?? assumed) !== undefined && ends > now();
    return failures > 0 && !stands ? now() + 2 * urgent : Math.min(ends, now() + urgent);
  }

  function took(entry: Entry, resolved: Resolved): void {
    // Whoever asked for the first time is waiting for the answer and needs no news of it.
    const isNews =
      entry.failing !== undefined || entry.assumed !== undefined || (entry.resolved !== undefined && !isSame(entry.resolved, resolved));
    const expiry = expiryOf(resolved);
    const life = expiry - now();
    Object.assign(entry, {
      resolved,
      source: undefined,
      from: fromOf(entry, resolved, now()),
      assumed: undefined,
      failing: undefined,
      failures: 0,
      isWanted: !isNews,
    });
    // Between a half and four fifths of its life: never early, for each renewal costs every consumer a rebuild.
    // However short a life somebody gives, nobody is asked without a pause.
    entry.due = expiry === never ? never : now() + Math.max(shortest, life * renewal(entry.key));
    if (isNews && isCurrent(entry)) onNews(entry.ask.cluster.id);
  }

  function failed(entry: Entry, why: Refusal, again: number): void {
    const isFirst = entry.resolved === undefined && entry.assumed === undefined && entry.failing === undefined;
    const isNews = !isFirst && (entry.failing?.reason !== why.reason || entry.failing.message !== why.message);
    entry.failing = why;
    // Whose owner has taken the consent back is not used any longer, however long it would work.
    if (why.revokes) Object.assign(entry, { resolved: undefined, assumed: undefined });
    entry.due = now() + again;
    if (isNews && isCurrent(entry)) onNews(entry.ask.cluster.id);
  }

  function release(id: ClusterId): void {
    for (const entry of entries.get(id)?.values() ?? []) Object.assign(entry, { isWanted: false, isReleased: true });
  }

  function isCurrent(entry: Entry): boolean {
    return entries.get(entry.ask.cluster.id)?.get(entry.key) === entry && !closing.signal.aborted;
  }

  /** One timer for all: the next that is due. */
  function wake(due: number): void {
    if (due >= timerAt || closing.signal.aborted) return;
    clearTimeout(timer);
    timerAt = due;
    timer = setTimeout(renewDue, Math.min(Math.max(0, due - now()), 2 ** 31 - 1));
    timer.unref();
  }

  function renewDue(): void {
    timerAt = never;
    let next = never;
    for (const all of entries.values())
      for (const entry of all.values())
        if (entry.due > now()) next = Math.min(next, entry.due);
        // Its last renewal was news, and nobody came to ask: nobody needs it any more.
        else if (!entry.isWanted) all.delete(entry.key);
        else void renew(entry).catch(() => undefined);
    wake(next);
  }

  return {
    async get(ask, handed) {
      const { id } = ask.cluster;
      const key = keyOf(ask);
      const mine = entries.get(id) ?? new Map<string, Entry>();
      entries.set(id, mine);
      // What was for another uid, server or CA is no longer anybody's; another way in may be the one again in a moment.
      for (const [other, { ask: was }] of mine) if (other !== key && isReplaced(was, ask)) mine.delete(other);
      release(id);
      const entry = mine.get(key) ?? { key, ask, failures: 0, due: 0, isWanted: true };
      Object.assign(entry, { isWanted: true, isReleased: false });
      // The newest profile is the one that is asked for.
      entry.ask = ask;
      entry.handed = handed ?? entry.handed;
      mine.set(key, entry);
      if (isAssumed(entry, handed)) return { ...(entry.failing && { failing: entry.failing }) };
      // Whoever cannot make use of what is assumed asks without it.
      const isUnknown = entry.assumed !== undefined && entry.failing === undefined;
      if (!isGood(entry) && (entry.underWay !== undefined || entry.due <= now() || isUnknown)) await renew(entry).catch(() => undefined);
      if (isGood(entry)) return { resolved: entry.resolved!, ...(entry.failing && { failing: entry.failing }), ...handedOf(entry) };
      return entry.failing ?? refusal("CredentialExpired", "its credential has expired and no other could be had yet");
    },
    outdated(id) {
      for (const [key, { ask }] of entries.get(id) ?? []) entries.get(id)!.set(key, { key, ask, failures: 0, due: 0, isWanted: true });
      if (entries.has(id)) onNews(id);
    },
    release: (id) => release(id),
    forget: (id) => void entries.delete(id),
    status: () => new Map([...entries].map(([id, all]) => [id, [...all.values()].filter((entry) => !entry.isReleased).map(statusOf)])),
    *sources() {
      for (const [id, all] of entries)
        for (const { resolved, source = resolved?.source } of all.values()) if (source !== undefined) yield [id, source];
    },
    close() {
      closing.abort();
      clearTimeout(timer);
      turns.close();
    },
  };
}
