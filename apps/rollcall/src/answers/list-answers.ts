import type { Answerable, Placed, PlacementName, Silent } from "@rollcall/answers";
import { canonicalJson, refusalOf, type ClusterId } from "@rollcall/contract";
import { findPlacement, type Decision } from "@rollcall/inventory";
import { answerPlacement, type Asked, type KeptList } from "@rollcall/sync";
import { apisOf, viewPlacement, type PlacementView } from "../hub/placement.ts";
import { decisionIn, isSame, lostInWords, versionOf, whyAnother, whyNot } from "./decided.ts";
import type { ListAnswers, ListAnswersParts } from "./list-answers-parts.ts";
import { numbered, type Numbered } from "./numbered.ts";

/** A placement that somebody has asked for. */
interface One {
  readonly view: PlacementView;
  readonly numbered: Numbered;
  known?: { readonly of: string; readonly until: number; readonly is: Answerable } | undefined;
  working?: Promise<Answerable> | undefined;
  digest?: string | undefined;
  /** Since when nobody decides it. */
  missing?: number | undefined;
}

/** So many placements of a list are answered, each with a guard of its own. */
const mostPlacements = 100;
/** So many names are remembered that nothing goes by. */
const mostNames = 300;
/** Milliseconds after which a decision that is no more is no more. */
const forgotten = 3_600_000;
/** Milliseconds after which somebody who is held is looked at again: a window may have ended. */
const heldFor = 2000;

export function listAnswers(parts: ListAnswersParts): ListAnswers {
  const { list, kept, hub, standing, book, maxAge, boot } = parts;
  const whole = numbered(boot);
  const own = list.placement && viewPlacement({ placement: list.placement, decisions: hub.decisions(apisOf(list.placement)), standing });
  const asked = new Map<string, One>();
  let known: { readonly of: string; readonly is: Answerable } | undefined;
  let loaded: Promise<void> | undefined;

  function unbelievable(): Silent | undefined {
    const seconds = Math.max(0, ...hub.heardAgo().values());
    if (seconds > maxAge) return { is: "stale", seconds };
    const why = kept.doubt();
    return why && { is: "incomplete", why: why.message };
  }

  async function answerWhole(): Promise<Answerable> {
    await opened();
    const silent = own && whyNot(own);
    if (silent !== undefined) return silent;
    const of = `${kept.version()} ${own?.edition()}`;
    if (known?.of === of) return known.is;
    const answered = kept.answered();
    const lost = whoIsLost(wholeList, answered);
    // One after the other they come and go, and what stands meanwhile is what nobody has decided.
    const why = own && isMoving(decisionIn(own)!) ? "the list follows its decision at this moment" : lost;
    const is: Answerable = why === undefined ? (heldWhole() ?? ready(whole, answered, own && decisionIn(own))) : { is: "incomplete", why };
    if (why === undefined && list.mode === "sync") await remember(wholeList, { clusters: new Set(answered.map(({ id }) => id)) });
    known = { of, is };
    return is;
  }

  /** Some would leave and wait for a person's word, and the config says that nothing is answered meanwhile. */
  function heldWhole(): Silent | undefined {
    const { needsAck, digest } = kept.view();
    const isHeld = (): boolean => [...kept.status().values()].some(({ verdict }) => verdict?.reason === "GuardHolds");
    return parts.refusesHeld && needsAck !== undefined && isHeld() ? { is: "held", why: needsAck, digest } : undefined;
  }

  /** Whoever was answered before a restart and has lost what stood for it meanwhile: it has not left, and would be left out. */
  function whoIsLost(words: string, answered: ReturnType<KeptList["answered"]>): string | undefined {
    const here = new Set(answered.map(({ id }) => id));
    const hasLeft = (id: ClusterId): boolean =>
      parts.choose(id).is === "not chosen" || parts.orders().exclude.has(id) || kept.status().get(id)?.state === "leaving";
    return lostInWords([...(book.get(words)?.clusters ?? [])].filter((id) => !here.has(id) && !hasLeft(id)));
  }

  /** Whom somebody is answered is known before they are: whoever begins anew would leave them out without a word. */
  async function remember(words: string, now: Asked): Promise<void> {
    if (!isSame(book.get(words), now)) await book.put(words, now);
  }

  function opened(): Promise<void> {
    return (loaded ??= book.load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
  }

  /** Somebody is on the way, in or out, and nothing keeps them from it. */
  function isMoving({ named }: Decision): boolean {
    const isGoing = (id: ClusterId): boolean => [undefined, "NewcomersFirst"].includes(kept.status().get(id)?.verdict?.reason);
    return kept.awaits() || kept.answered().some(({ id }) => !named.has(id) && isGoing(id));
  }

  function oneOf(name: PlacementName): readonly [string, One] {
    const words = canonicalJson({ ...name });
    const before = asked.get(words);
    if (before !== undefined) return [words, before];
    // A list that says whose decisions it means says so for those who ask, too.
    const api = list.placement?.said.api;
    const said = { ...name, ...(api && { api }) };
    const placement = { said, find: findPlacement(said) };
    const remembered = (): ReadonlySet<ClusterId> => last(words)?.clusters ?? new Set();
    const view = viewPlacement({ placement, decisions: hub.decisions(apisOf(placement)), standing: remembered });
    const one: One = { view, numbered: numbered(boot) };
    asked.set(words, one);
    for (const [other, { known: answered }] of asked) {
      if (asked.size <= mostNames) break;
      if (answered === undefined) asked.delete(other);
    }
    return [words, one];
  }

  /** What cannot be read is said where it is asked for. */
  function last(words: string): Asked | undefined {
    try {
      return book.get(words);
    } catch {
      return undefined;
    }
  }

  async function answerOne(name: PlacementName): Promise<Answerable> {
    if (list.mode !== "sync") return { is: "incomplete", why: `${unwritten} ${list.mode}; set mode: sync for this list` };
    await opened();
    const [words, one] = oneOf(name);
    const silent = whyNot(one.view);
    if (silent !== undefined) return silent;
    const of = `${kept.version()} ${versionOf(one.view)}`;
    if (one.known?.of === of && parts.now() < one.known.until) return one.known.is;
    one.working ??= settle(words, one, of).finally(() => (one.working = undefined));
    return one.working;
  }

  async function settle(words: string, one: One, of: string): Promise<Answerable> {
    const decision = decisionIn(one.view)!;
    const before = book.get(words);
    if (before === undefined && !(await hasRoom())) return { is: "no room", most: mostPlacements };
    const answered = kept.answered();
    const why = whoIsLost(words, answered) ?? whyAnother(before, decision);
    if (why !== undefined) return { is: "incomplete", why };
    const ack = parts.ack();
    const { hold, pause } = parts.orders();
    // By order some stay, or all: what a person wants to be still is still for those who ask as well.
    const stays = [...(before?.clusters ?? [])].filter((id) => pause !== undefined || hold.has(id));
    const { asked: now, usesAck } = answerPlacement({
      name: `${list.name} ${words}`,
      now: parts.now(),
      settings: list.guard,
      named: new Set([...(pause !== undefined && before !== undefined ? [] : decision.named.keys()), ...stays]),
      listed: new Map(answered.map(({ id, cluster }) => [id, cluster?.manager])),
      ...(before && { before }),
      ...(ack !== undefined && { ack }),
    });
    await remember(words, { ...now, decision: decision.id });
    if (usesAck) await parts.usedAck();
    one.digest = now.held?.digest;
    const { held } = now;
    const is: Answerable =
      held?.digest !== undefined && parts.refusesHeld
        ? { is: "held", why: held.why, digest: held.digest }
        : ready(
            one.numbered,
            answered.filter(({ id }) => now.clusters.has(id)),
            decision,
            before === undefined,
            held?.digest,
          );
    one.known = { of, is, until: held === undefined ? Number.POSITIVE_INFINITY : parts.now() + heldFor };
    return is;
  }

  /** A placement that is no more gives its place to one that is. */
  async function hasRoom(): Promise<boolean> {
    const all = book.placements().filter((words) => words !== wholeList);
    if (all.length < mostPlacements) return true;
    for (const words of all) {
      const [, one] = oneOf(JSON.parse(words) as PlacementName);
      const { view } = one;
      const { found, doubt } = view.seen();
      one.missing = found.is === "missing" && doubt === undefined ? (one.missing ?? parts.now()) : undefined;
      // A decision may be deleted to be made anew.
      if (one.missing === undefined || parts.now() < one.missing + forgotten) continue;
      await book.put(words, undefined);
      return true;
    }
    return false;
  }

  function ready(
    as: Numbered,
    answered: ReturnType<KeptList["answered"]>,
    decision: Decision | undefined,
    isFirst = false,
    digest?: string,
  ): Answerable {
    const places = new Map(Array.from(decision?.named.keys() ?? [], (id, at) => [id, at]));
    const members = answered.map((member): Placed => {
      const reason = decision?.named.get(member.id)?.reason;
      const order = places.get(member.id);
      return { ...member, ...(order !== undefined && { order }), ...(reason !== undefined && { reason }) };
    });
    const passed = isFirst ? "nobody was ever answered" : "acknowledged";
    return {
      is: "ready",
      ...as.number(members),
      ...(decision && { decision: { name: `${decision.namespace}/${decision.called}`, size: decision.named.size } }),
      empty: { ...(list.answers.allowEmpty && { allowed: true }), passed, ...(digest !== undefined && { digest }) },
    };
  }

  return {
    async answerable(placement) {
      try {
        return unbelievable() ?? (placement === undefined ? await answerWhole() : await answerOne(placement));
      } catch (error) {
        return { is: "incomplete", why: refusalOf(error).message };
      }
    },
    waitsFor: (digest) => [...asked.values()].some((one) => one.digest === digest),
    async questions() {
      await opened();
      return book.placements().map((words) => (words === wholeList ? undefined : (JSON.parse(words) as PlacementName)));
    },
    awaitsWindow: () => [...asked.values()].some(({ known: is, digest }) => digest === undefined && Number.isFinite(is?.until)),
  };
}

/** Under this the list as a whole stands in the book. */
const wholeList = "";

const unwritten = "whom a placement was answered has to be written down, which nothing is in mode";
