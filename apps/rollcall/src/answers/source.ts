import type { Rollcall } from "../rollcall.ts";
import type { AnswerSource } from "../serve/source.ts";

/** What the service asks of a Rollcall at work. Which lists there are is asked each time: a config may be another by now. */
export function answerSource({ answers, names }: Pick<Rollcall, "answers" | "names">): AnswerSource {
  return {
    lists: names,
    async answerable({ list, placement }) {
      if (!names().includes(list)) return { is: "no list", lists: names() };
      const known = answers(list);
      // It is being read, or was taken out at this moment; who asks again is told which.
      return known === undefined ? { is: "filling" } : known.answerable(placement);
    },
  };
}
