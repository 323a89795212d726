import type { Following } from "../cases/following.ts";
import type { Questions } from "../cases/questions.ts";
import { interval, median, quantile } from "./statistics.ts";

/** Case e as Markdown: medians, and ratios of runs that were next to each other. */
export function reportQuestions({ n, bytes, first, repeated, minute }: Questions): string {
  const row = (what: string, pick: (run: Questions["repeated"][number]["ours"]) => number, isBest: "most" | "least"): string => {
    const [floor, ours] = [repeated.map((pair) => pick(pair.floor)), repeated.map((pair) => pick(pair.ours))];
    // Each ratio says how close we come to the floor: 1 is as good.
    const ratio = interval(ours.map((value, at) => (isBest === "most" ? value / floor[at]! : floor[at]! / value)));
    return `| ${what} | ${show(median(floor))} | ${show(median(ours))} | **${show(ratio.median)}** (${show(ratio.low)} to ${show(ratio.high)}) |`;
  };
  const pages = first.map(
    ({ cold, warm }) =>
      `| ${[cold, warm]
        .flatMap(({ head, all, block }) => [head, all, block])
        .map(show)
        .join(" | ")} |`,
  );
  const share = (who: "floor" | "ours"): string => show(100 * median(repeated.map((pair) => pair[who].share)));
  return [
    `### e. questions about ${n} clusters: ${show(bytes.plain / 1000)} KB, compressed ${show(bytes.gzip / 1000)} KB`,
    "",
    "| the same again and again | floor | ours | ours to floor, 1 is as good |",
    "| --- | ---: | ---: | ---: |",
    row("answers a second", ({ rate }) => rate, "most"),
    row("server CPU, µs each", ({ cpu }) => cpu, "least"),
    row("p50, ms", ({ p50 }) => p50, "least"),
    row("p99, ms", ({ p99 }) => p99, "least"),
    "",
    `The servers had ${share("floor")} % and ${share("ours")} % of a core; where that is not nearly all, the processor time says more than the rate.`,
    "",
    "| first answer after a start: made, ms | read, ms | loop stood still, ms | another placement: made | read | stood still |",
    "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ...pages,
    "",
    `A long run of ${minute.answers} questions, ${minute.wrong} of them refused and ${minute.plain} answered without compression: resident before ${show(minute.before)} MB, then ${tenth(minute.samples).map(show).join(", ")}; the loop stood still for ${show(minute.block)} ms at most.`,
    "",
  ].join("\n");
}

/** Case i as Markdown. */
export function reportFollowing({ n, floor, answer, told }: Following): string {
  const ratio = interval(answer.map((value, at) => value / floor[at]!));
  return [
    `### i. one more cluster in a decision, ${n} on the list, ${answer.length} times`,
    "",
    "| | p50, ms | p99, ms |",
    "| --- | ---: | ---: |",
    `| floor: a bare annotation | ${show(median(floor))} | ${show(quantile(floor, 0.99))} |`,
    `| ours: it is answered | ${show(median(answer))} | ${show(quantile(answer, 0.99))} |`,
    `| ours: the ApplicationSet is told, ${told.length} times | ${show(median(told))} | ${show(quantile(told, 0.99))} |`,
    "",
    `To be answered takes **${show(ratio.median)}** (${show(ratio.low)} to ${show(ratio.high)}) times as long as an annotation, to be told **${show(median(told) / median(floor))}** times.`,
    "",
  ].join("\n");
}

/** Ten of them, evenly. */
function tenth(values: readonly number[]): readonly number[] {
  const every = Math.max(1, Math.floor(values.length / 10));
  return values.filter((_, at) => at % every === every - 1);
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : String(Number(value.toFixed(2)));
}
