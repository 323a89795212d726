import { howLong } from "../ago.ts";
import type { Paint } from "../colour.ts";
import { oneLine } from "../one-line.ts";
import type { ClusterStatus, ListStatus, StatusReport } from "./report.ts";

export interface TextOptions {
  readonly paint: Paint;
  /** Of each list so many clusters are shown, and the others counted. */
  readonly most: number;
}

/** A status to be read: what needs somebody comes first. */
export function statusText({ at, hub, lists }: StatusReport, options: TextOptions): string {
  const { paint } = options;
  return [
    ...(hub === undefined
      ? []
      : [paint("red", `The hub cannot be read, so nobody is let go; what follows is by what stands and by the roll: ${oneLine(hub)}`), ""]),
    ...lists.flatMap((each) =>
      "problem" in each
        ? [paint("red", `${each.list}: its target cannot be read: ${oneLine(each.problem)}`), ""]
        : listText(each, Date.parse(at), options),
    ),
  ].join("\n");
}

function listText(list: ListStatus, at: number, { paint, most }: TextOptions): readonly string[] {
  const { mode, clusters, orders, guard, ack, placements } = list;
  const rows = clusters.slice(0, most).map((each) => cells(each, at));
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: Row): string => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  const isPaced =
    mode === "sync" &&
    ack === undefined &&
    clusters.some(({ state, verdict }) => (state === "missing" || state === "leaving") && verdict?.reason !== "HubUnread");
  return [
    paint("bold", headline(list)),
    ...(ack === undefined ? [] : [paint("red", `  ${ackText(ack)}`)]),
    ...placements.map(({ placement, why, command }) =>
      paint("red", `  placement ${oneLine(placement)} is answered as before: ${oneLine(why)}; if that is meant: ${command}`),
    ),
    ...(rows.length === 0 ? [] : [paint("dim", line(head))]),
    ...rows.map((row, at) => paintRow(line(row), clusters[at]!, paint)),
    ...(clusters.length > most ? [paint("dim", `  … and ${clusters.length - most} more; --all shows them`)] : []),
    ...orders.map(({ order, cluster, why }) =>
      paint("yellow", `  by order: ${order}${cluster === undefined ? "" : ` ${oneLine(cluster)}`}: ${oneLine(why)}`),
    ),
    ...(isPaced ? [`  guard: ${guard.room} more may go in this window; the next begins at ${guard.nextWindow}`] : []),
    "",
  ];
}

function headline({ list, mode, states, due, orders }: ListStatus): string {
  const counts = (["member", "newcomer", "missing", "leaving"] as const).flatMap((state) => {
    const count = states[state] ?? 0;
    if (count === 0 && state !== "member") return [];
    return [`${count} ${count !== 1 && (state === "member" || state === "newcomer") ? `${state}s` : state}`];
  });
  const isStill = mode === "observe" || orders.some(({ order }) => order === "pause");
  const writes =
    due === 0 || isStill
      ? ""
      : `; ${due} to be written: if that stays so, no Rollcall is at work, or its log says what keeps it from writing (a right, somebody else's object)`;
  return `${list} (${mode}): ${counts.join(", ")}${writes}`;
}

type Row = readonly [cluster: string, state: string, verdict: string, since: string, cause: string, why: string];

const head: Row = ["cluster", "state", "verdict", "since", "cause", "why, and what to do"];

function cells({ cluster, state, verdict, since, cause, next, credentialUntil }: ClusterStatus, at: number): Row {
  const age = at - Date.parse(since);
  // When somebody cannot be logged in anew, what is left is what one wants to know.
  const lasts = credentialUntil !== undefined && Date.parse(credentialUntil) > at ? `; what stands works until ${credentialUntil}` : "";
  const why = verdict === undefined ? (next ?? "") : `${verdict.reason}: ${verdict.message}${lasts}`;
  return [oneLine(cluster), state, verdict?.is ?? "-", age <= 0 ? "now" : howLong(age), cause ?? "-", oneLine(why)];
}

function paintRow(line: string, { needsSomebody, verdict }: ClusterStatus, paint: Paint): string {
  if (needsSomebody) return paint("red", line);
  return verdict === undefined ? line : paint("yellow", line);
}

function ackText({ why, digest, command }: NonNullable<ListStatus["ack"]>): string {
  const how =
    command === undefined
      ? "a yes counts once Rollcall has written down who is missing"
      : `if that is meant, say yes to digest ${digest}: ${command}`;
  return `guard: held, ${why}; ${how}`;
}
