import { setImmediate as nextTurn } from "node:timers/promises";
import { canonicalJson } from "@rollcall/contract";
import { sleep } from "@rollcall/kube";
import { answer, type Answerable, type Placed, type PlacementName } from "@rollcall/answers";
import type { ListAnswers } from "./list-answers-parts.ts";
import type { AnswerNews } from "./news.ts";
import { newIn, remembering } from "./shown.ts";

export interface FollowingAnswers {
  readonly list: string;
  readonly answers: ListAnswers;
  readonly tell: (news: AnswerNews) => void;
  readonly signal: AbortSignal;
}

/** What a list says to those who ask, followed or not. */
export interface Answering extends Pick<ListAnswers, "answerable" | "waitsFor"> {
  /** Something has happened: what is answered may be another. It is worked out now, and not only when somebody asks. */
  readonly look?: () => void;
}

/** A question that somebody has asked, now or before a restart. */
interface Question {
  readonly placement: PlacementName | undefined;
  /** Whom those who asked were told, or that they were told nothing; nothing, while nobody is known to have asked. */
  told?: readonly Placed[] | "nothing";
  /** The members that this is known of; they stay the same object as long as nothing changes. */
  members?: readonly Placed[];
}

/** So many questions are followed. */
const mostQuestions = 300;
/** What happens within so many milliseconds is looked at once. */
const together = 20;
/** Milliseconds until another look, while it may be over without anybody telling that somebody has to be refused. */
const sometime = 2000;
/** Seconds after which everybody is told again: at first a pod that has begun may not be reached. */
const untilSomebodyAsks = [5, 10, 20, 40, 80];

/**
 * Says when whoever asked would be answered otherwise, having worked it out and written it down.
 *   those who asked were told   now it is                    then
 *   -                           A                            nothing: they are about to ask
 *   A                           A, as far as it is shown     nothing
 *   A                           A'                           news
 *   A                           a refusal                    nothing: they keep what they have
 *   a refusal                   A                            news, whatever was told before
 */
export function followAnswers({ list, answers, tell, signal }: FollowingAnswers): Answering {
  const questions = new Map<string, Question>();
  let timer: NodeJS.Timeout | undefined;
  let isAsked = false;
  let isLooking = false;
  /** Something has happened since a look was begun last. */
  let isNews = false;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });

  function questionOf(placement: PlacementName | undefined): Question {
    const words = canonicalJson({ ...placement });
    const known = questions.get(words);
    if (known !== undefined) return known;
    const question: Question = { placement };
    questions.set(words, question);
    for (const [other, { told }] of questions) {
      if (questions.size <= mostQuestions) break;
      if (told === "nothing") questions.delete(other);
    }
    return question;
  }

  /** Looks at all that is asked; whether some of it may be another before long, without anybody telling. */
  async function lookAtAll(): Promise<boolean> {
    let isSoonOver = answers.awaitsWindow();
    for (const question of questions.values()) {
      // Each may be ten thousand clusters, and others have something to do meanwhile.
      await nextTurn();
      if (signal.aborted) return false;
      const is = await answers.answerable(question.placement);
      see(question, is);
      isSoonOver ||= is.is === "incomplete" || is.is === "stale";
    }
    return isSoonOver;
  }

  function see(question: Question, is: Answerable): void {
    const { placement, told } = question;
    const now = namedIn(is, list, told);
    if (now === undefined || is.is !== "ready") return;
    question.told = now;
    question.members = is.members;
    const what = told === undefined ? "nothing" : told === "nothing" ? "clusters" : newIn(told, now);
    if (what !== "nothing") tell({ list, ...(placement && { placement }), what });
  }

  async function look(): Promise<void> {
    if (isLooking) return void (isNews = true);
    [isLooking, isNews] = [true, false];
    const began = performance.now();
    const isSoonOver = await lookAtAll();
    isLooking = false;
    // However much happens, this takes no more than a fifth of the time.
    if (isNews) lookIn(Math.min(sometime, Math.max(together, 4 * (performance.now() - began))));
    else if (isSoonOver) lookIn(sometime);
  }

  function lookIn(wait: number): void {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(() => void look(), wait).unref();
  }

  function soon(): void {
    if (!isNews && !isLooking) lookIn(together);
    isNews = true;
  }

  async function begin(): Promise<void> {
    for (const placement of await answers.questions().catch(() => [])) questionOf(placement);
    await look();
    // Nobody knows what they were told before we began, and after an error they may wait for minutes.
    for (const seconds of [0, ...untilSomebodyAsks]) {
      await sleep(seconds * 1000, signal);
      if (signal.aborted || (isAsked && seconds > 0)) return;
      tell({ list, what: "all" });
    }
  }
  void begin();

  return {
    async answerable(placement) {
      isAsked = true;
      const is = await answers.answerable(placement);
      const question = questionOf(placement);
      if (is.is === "ready" && is.members === question.members && question.told !== "nothing") return is;
      const now = namedIn(is, list, question.told);
      if (now === undefined) question.told = "nothing";
      // Somebody else was told otherwise, or nothing, or whoever is refused may be answered in a moment.
      if (question.told === undefined) question.told = now!;
      else soon();
      return is;
    },
    waitsFor: (digest) => answers.waitsFor(digest),
    look: soon,
  };
}

/** Who is named in a success; nobody at all may be one. */
function namedIn(is: Answerable, list: string, told: Question["told"]): readonly Placed[] | undefined {
  if (is.is !== "ready") return undefined;
  const members = remembering(Array.isArray(told) ? told : [], is.members);
  if (members.some(({ cluster }) => cluster === undefined)) return undefined;
  if (members.length > 0) return members;
  const anybody = { asks: "clusters", list, sort: "name" } as const;
  return answer(is, anybody).status === 200 ? members : undefined;
}
