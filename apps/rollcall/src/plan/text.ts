import type { Way } from "@rollcall/sync";
import type { Paint } from "../colour.ts";
import { isHeld, nowOf, type Going } from "../going.ts";
import { oneLine } from "../one-line.ts";
import type { DiffLine } from "./diff.ts";
import { inventoryText, otherHubText } from "./beside.ts";
import { summary, type ListPlan, type PlanReport } from "./report.ts";

export interface TextOptions {
  readonly paint: Paint;
  /** Of each sort so many are shown, and the others counted. */
  readonly most: number;
}

/** A plan to be read: each list in full, and at the end one line for each. */
export function planText({ hub, inventory, unusable, lists }: PlanReport, options: TextOptions): string {
  const { paint } = options;
  return [
    ...(hub === undefined ? [] : [paint("red", `The hub cannot be read, so this is not the whole plan: ${oneLine(hub)}`), ""]),
    ...lists.flatMap((each) => ("problem" in each ? [] : listText(each, options))),
    ...unusable.map(
      ({ cluster, reason, message }) => `${paint("red", "!")} ${oneLine(`no list can use ${cluster}  ${reason}: ${message}`)}`,
    ),
    ...(unusable.length > 0 ? [""] : []),
    ...(hub === undefined ? inventoryText(inventory, paint) : []),
    ...lists.map((each) =>
      "problem" in each
        ? paint("red", `${each.list}: cannot be told, its target cannot be read: ${oneLine(each.problem)}`)
        : paint("bold", summary(each)),
    ),
    "",
  ].join("\n");
}

function listText(plan: ListPlan, { paint, most }: TextOptions): readonly string[] {
  const { list, mode, paused, creates, changes, leaves, kept, refused, unknown, otherHub, absent, cost } = plan;
  const section = <T>(
    all: readonly T[],
    title: string,
    costs: readonly string[],
    lines: (each: T) => readonly string[],
  ): readonly string[] => {
    if (all.length === 0) return [];
    const more = all.length > most ? [paint("dim", `  … and ${all.length - most} more; --all shows them`)] : [];
    return [
      paint("bold", `${list}: ${all.length} ${title}`),
      ...costs.map((each) => paint("dim", `  ${each}`)),
      ...all.slice(0, most).flatMap(lines),
      ...more,
      "",
    ];
  };
  const notes = [
    ...(mode === "sync" ? [] : [`${list}: its mode is ${mode}; this is what mode sync would do`]),
    ...(paused === undefined ? [] : [`${list}: it is paused, so nothing of this is done now: ${oneLine(paused)}`]),
    ...absent.map((name) => `${list}: namespace ${name} is not there, and without it nothing can be written; make it first`),
    ...unknown.why.map((why) => `${list}: of ${unknown.clusters} nothing can be told: ${oneLine(why)}`),
    ...(otherHub === undefined ? [] : otherHubText(otherHub)),
  ];
  return [
    ...(notes.length === 0 ? [] : [...notes.map((line) => paint("yellow", line)), ""]),
    ...section(creates, "to create", [cost.create], ({ cluster, key, diff }) => [
      `  ${paint("green", "+")} ${oneLine(`${key} for ${cluster}`)}`,
      ...diff.map((line) => diffText(line, paint)),
    ]),
    ...section(changes, "to change", [cost.change], ({ cluster, key, fields, diff }) => [
      `  ${paint("yellow", "~")} ${oneLine(`${key} for ${cluster}: ${fields.join(", ")}`)}`,
      ...diff.map((line) => diffText(line, paint)),
    ]),
    ...section(leaves, "would leave", [...waysOf(leaves).map((way) => `${way}: ${cost.remove[way]}`), ...guardText(plan)], (each) =>
      goingText(each, paint),
    ),
    ...section(kept, "kept although not chosen", [], (each) => goingText(each, paint)),
    ...section(refused, "refused", [], ({ cluster, reason, message }) => [
      `  ${paint("red", "!")} ${oneLine(`${cluster}  ${reason}: ${message}`)}`,
    ]),
  ];
}

function diffText({ mark, text }: DiffLine, paint: Paint): string {
  const line = `      ${mark} ${text}`;
  return mark === " " ? line : paint(mark === "+" ? "green" : "red", line);
}

/** What it is missing for and since when, when it goes and how, and what keeps it. */
function goingText(going: Going, paint: Paint): readonly string[] {
  const { cluster, state, cause, since, way, steps, earliest, at, leavesNow, verdict } = going;
  const later = `${way}, not before ${earliest ?? "somebody says so"}`;
  const when = state === "leaving" ? `leaving, now: ${at ?? "done"}` : leavesNow ? `${way}, ${nowOf(going)}` : later;
  return [
    `  ${paint("red", "-")} ${oneLine(`${cluster}  ${cause} since ${since}; ${way === "keep" ? "stays" : when}`)}`,
    ...(steps.length === 0 ? [] : [paint("dim", `      ${steps.join(" → ")}`)]),
    ...(verdict
      ? [paint(isHeld(going) ? "yellow" : "dim", `      ${oneLine(`${verdict.is}: ${verdict.reason}: ${verdict.message}`)}`)]
      : []),
  ];
}

function waysOf(leaves: readonly Going[]): readonly Way[] {
  return (["drain", "release"] as const).filter((way) => leaves.some((each) => each.way === way));
}

function guardText({ guard: { room, nextWindow, needsAck, wouldNeedAck, digest, ack } }: ListPlan): readonly string[] {
  if (wouldNeedAck !== undefined) return [`guard: in mode sync a person would be asked first: ${wouldNeedAck}`];
  if (needsAck === undefined) return [`guard: ${room} more may go in this window; the next begins at ${nextWindow}`];
  const how =
    ack === undefined
      ? "a yes counts once Rollcall has written down who is missing"
      : `if that is meant, say yes to digest ${digest}: ${ack}`;
  return [`guard: held, ${needsAck}; ${how}`];
}
