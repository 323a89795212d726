import { z } from "zod";
import { got } from "./expected.ts";

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A length of time as people write it (`30s`, `10m`, `1h`, `2d`, `0`), in seconds. */
export function duration({ least = 0 }: { readonly least?: number } = {}): z.ZodType<number> {
  return z.unknown().transform((value, context): number => {
    const seconds = secondsOf(value);
    const complain = (what: string): never => {
      context.addIssue({ code: "custom", message: `expected ${what}, got ${got(value)}` });
      return z.NEVER;
    };
    if (seconds === undefined) return complain("a duration such as 30s, 10m or 1h");
    if (seconds < least) return complain(`a duration of at least ${least}s`);
    return seconds > longest ? complain("a duration of at most 365d") : seconds;
  });
}

// Far beyond any grace that is meant, and far below where dates end.
const longest = 365 * 86_400;

function secondsOf(value: unknown): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const [, amount, unit] = /^(\d+)([smhd]?)$/.exec(String(value)) ?? [];
  // A number without a unit could be anything; only nothing is the same in each of them.
  if (amount === undefined || (unit === "" && amount !== "0")) return undefined;
  return Number(amount) * (units[unit ?? ""] ?? 1);
}
