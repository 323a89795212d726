import { bestFloor, invalid, type Block } from "./blocks.ts";
import type { CaseName } from "./arguments.ts";
import { interval, median, quantile } from "./statistics.ts";

const columns = ["floor", "ours", "stock"] as const;
type Column = (typeof columns)[number];

/** The results of one size as Markdown: medians, and ratios paired within each block. */
export function report(n: number, all: readonly Block[], cases: ReadonlySet<CaseName>): string {
  const floor = bestFloor(all);
  const bad = invalid(all, floor);
  const valid = all.filter((block) => !bad.has(block));
  const blocks = valid.length > 0 ? valid : all;
  const cold = (column: Column, { runs }: Block) => runs.cold[column === "floor" ? floor : column];
  const sections: (readonly string[])[] = [
    [
      `## ${n} clusters`,
      `${blocks.length} blocks${valid.length === 0 ? ", none of which is valid" : ""}; floor of writing: ${floor}`,
      ...[...bad].map(([{ turn }, why]) => `- block ${turn} is not counted: ${why}`),
      ...blocks.map(surroundings),
    ],
  ];
  if (cases.has("a")) {
    sections.push(
      table("a. cold sync", [
        ...compared("wall, ms", blocks, (column, block) => cold(column, block)?.wall),
        ...compared("client CPU, µs per object", blocks, (column, block) => micro(cold(column, block)?.cpu)),
        ...compared("server CPU, µs per object", blocks, (column, block) => micro(cold(column, block)?.serverCpu)),
      ]),
      sweep(blocks),
    );
  }
  if (cases.has("g")) {
    sections.push(
      table(
        "g. from the start of the process to the first Secret",
        plain("ms", blocks, (column, block) => (column === "floor" ? undefined : cold(column, block)?.first)),
      ),
    );
  }
  if (cases.has("b2")) {
    const of = (column: Column, { runs }: Block) => runs.restart[column];
    sections.push(
      table("b2. restart in sync", [
        ...compared("wall until ready, ms", blocks, (column, block) => of(column, block)?.wall),
        ...plain("CPU of the whole start, ms", blocks, (column, block) => of(column, block)?.cpu),
        ...plain("writes", blocks, (column, block) => of(column, block)?.writes),
      ]),
    );
  }
  if (cases.has("b3") && blocks.some(({ runs }) => runs.heartbeats["ours"])) {
    sections.push(
      table("b3. heartbeats", [
        ...compared("CPU, µs per event, one event per cluster in 30 s", blocks, (column, { runs }) => runs.heartbeats[column]?.cpu),
        ...compared("CPU, µs per event, as fast as the server takes them", blocks, (column, { runs }) => runs.heartbeats[column]?.cpuHot),
        ...plain("how many a second that was", blocks, (column, { runs }) => runs.heartbeats[column]?.taken),
        ...plain("writes", blocks, (column, { runs }) => runs.heartbeats[column]?.writes),
      ]),
    );
  }
  if (cases.has("c") && blocks.some(({ runs }) => runs.propagation["ours"])) {
    const at =
      (share: number) =>
      (column: Column, { runs }: Block) =>
        runs.propagation[column] && quantile(runs.propagation[column].latencies, share);
    const pooled = (share: number) => (column: Column) =>
      quantile(
        blocks.flatMap(({ runs }) => runs.propagation[column]?.latencies ?? []),
        share,
      );
    sections.push(
      table("c. from a change to its Secret", [
        ...compared("p50, ms", blocks, at(0.5)),
        ...compared("p99, ms", blocks, at(0.99)),
        ["p99 of all blocks, ms", ...columns.map((column) => show(pooled(0.99)(column)))],
        ["worst, ms", ...columns.map((column) => show(pooled(1)(column)))],
        ...plain("writes per change", blocks, (column, { runs }) => runs.propagation[column]?.writesPerChange),
      ]),
    );
  }
  if (cases.has("d") && blocks.some(({ runs }) => runs.memory["ours"])) {
    sections.push(
      table("d. memory beside 2,000 Secrets of others", [
        ...plain("steady, MB", blocks, (column, { runs }) => runs.memory[column]?.steady),
        ...plain("peak, MB", blocks, (column, { runs }) => runs.memory[column]?.peak),
      ]),
    );
  }
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

type Pick = (column: Column, block: Block) => number | undefined;

/** Medians, and below them by how much each column exceeds the floor of its own block. */
function compared(what: string, blocks: readonly Block[], pick: Pick): readonly (readonly string[])[] {
  const ratios = columns.map((column) => {
    const paired = blocks.flatMap((block) => {
      const [value, floor] = [pick(column, block), pick("floor", block)];
      return value === undefined || floor === undefined ? [] : [value / floor];
    });
    if (column === "floor" || paired.length === 0) return "";
    const { median, low, high } = interval(paired);
    return `**${median.toFixed(2)}** (${low.toFixed(2)} to ${high.toFixed(2)})`;
  });
  return [...plain(what, blocks, pick), ["÷ floor", ...ratios]];
}

function plain(what: string, blocks: readonly Block[], pick: Pick): readonly (readonly string[])[] {
  const medians = columns.map((column) => median(blocks.flatMap((block) => pick(column, block) ?? [])));
  return [[what, ...medians.map(show)]];
}

function sweep(blocks: readonly Block[]): readonly string[] {
  const names = Object.keys(blocks[0]!.runs.cold).filter((name) => name !== "ours" && name !== "stock");
  const of = (name: string, field: "wall" | "cpu"): number => median(blocks.map(({ runs }) => runs.cold[name]![field]));
  return [
    "the sweep of the floor:",
    ...names.map((name) => `- ${name}: ${show(of(name, "wall"))} ms, ${show(of(name, "cpu") * 1000)} µs of client CPU per object`),
  ];
}

function surroundings({ turn, steal, others, load, isPinned }: Block): string {
  const pinned = isPinned ? "" : "; not pinned to cores, for want of taskset or of a second core";
  return `- block ${turn}: load ${load.toFixed(1)} before it, steal ${steal.toFixed(1)} %, others on this machine ${others.toFixed(0)} % of all cores${pinned}`;
}

function table(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  const all = [["", ...columns], ["---", "---:", "---:", "---:"], ...rows];
  return [`### ${title}`, "", ...all.map((row) => `| ${row.join(" | ")} |`)];
}

function micro(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds * 1000;
}

function show(value: number): string {
  if (Number.isNaN(value)) return "";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : String(Number(value.toFixed(2)));
}
