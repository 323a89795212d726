import type { Order, Orders } from "@rollcall/sync";
import type { Log } from "./log.ts";
import { shellWord } from "./shell-word.ts";

/** What a list leaves behind that is kept on another server from now on. */
export interface LeftBehind {
  readonly list: string;
  /** What is ordered about it; undefined where its roll has not been read. */
  readonly orders: Orders | undefined;
  readonly configPath?: string;
}

/** Says that a list's roll stays on the server where it was, and how to order again what was ordered there. */
export function logLeftBehind(log: Log, { list, orders, configPath = "FILE" }: LeftBehind): void {
  const todo =
    "orders, graces and acks stay in the roll on the server where it was and hold no more: whoever was missing begins anew, and nobody is paused, held or excluded; run each of the commands that is still meant, and to be sure that nothing is written before, put the list there in mode observe first";
  const again = orders === undefined ? { orders: "its roll could not be read" } : { again: commands(list, orders, configPath) };
  log("warn", "roll stays behind", { list, ...again, todo });
}

function commands(list: string, { pause, hold, exclude }: Orders, configPath: string): readonly string[] {
  const command = (what: readonly string[], { why, by, until }: Order): string => {
    const flags = { why, by, until: until === undefined ? undefined : new Date(until).toISOString(), config: configPath };
    const said = Object.entries(flags).flatMap(([flag, text]) => (text === undefined ? [] : [`--${flag}=${shellWord(text)}`]));
    return ["rollcall", ...what.map(shellWord), ...said].join(" ");
  };
  return [
    ...(pause === undefined ? [] : [command(["pause", list], pause)]),
    ...[...hold].map(([id, order]) => command(["hold", list, id], order)),
    ...[...exclude].map(([id, order]) => command(["exclude", list, id], order)),
  ];
}
