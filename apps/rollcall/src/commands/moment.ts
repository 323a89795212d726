import { RollcallError } from "@rollcall/contract";
import { duration } from "../config/duration.ts";
import type { Flags } from "./command.ts";

/** The seconds that a flag says; undefined where it is not there. */
export function secondsOf(flags: Flags, name: string): number | undefined {
  const said = flags[name];
  if (said === undefined) return undefined;
  const { data, error } = duration().safeParse(said);
  if (data !== undefined) return data;
  throw new RollcallError("BadFlag", `--${name}: ${error.issues[0]!.message}`, { retry: false });
}

/** The moment that a flag says, in milliseconds; undefined where it is not there. One without a time zone could be any of 27. */
export function momentOf(flags: Flags, name: string): number | undefined {
  const said = flags[name];
  if (said === undefined) return undefined;
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(String(said));
  const moment = isWhole ? Date.parse(String(said)) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  const got = JSON.stringify(said);
  throw new RollcallError("BadFlag", `--${name}: expected a time with its zone such as 2026-11-22T08:00:00Z, got ${got}`, { retry: false });
}
