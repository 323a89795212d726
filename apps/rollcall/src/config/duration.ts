import { z } from "zod";

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A length of time as people write it (`30s`, `10m`, `1h`, `2d`, `0`), in seconds. */
export const duration = z.union([z.string(), z.number()]).transform((value, context): number => {
  const [, amount, unit] = /^(\d+)([smhd]?)$/.exec(String(value)) ?? [];
  if (amount !== undefined && (unit !== "" || amount === "0")) return Number(amount) * (units[unit ?? ""] ?? 1);
  context.addIssue({ code: "custom", message: `expected a duration such as 30s, 10m or 1h, got ${JSON.stringify(value)}` });
  return z.NEVER;
});
