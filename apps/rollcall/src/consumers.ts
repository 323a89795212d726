import { argocd, type ArgoCdOptions } from "@rollcall/argocd";
import type { Adapter } from "@rollcall/contract";
import type { z } from "zod";
import { argocdOptions } from "./config/argocd.ts";

/** A consumer as the program knows it: its adapter, and what may be said of it in a config. */
export interface Consumer {
  /** Options that a schema has checked meet only the adapter that the schema belongs to, so in between nobody needs to know them. */
  readonly adapter: Adapter<unknown>;
  /** `target` and `options` of a list, merged. */
  readonly options: z.ZodType;
  /** The options of a list that knows which servers are its own, so that it can tell them from members. */
  readonly knowing: (options: unknown, own: readonly string[]) => unknown;
}

/** The consumers that there are; a new one is one word more. */
export const consumers: Readonly<Record<string, Consumer>> = {
  argocd: consumer<ArgoCdOptions>(argocd, argocdOptions, (options, own) => ({ ...options, refuse: [...(options.refuse ?? []), ...own] })),
};

/** The consumer of that name, if there is one. */
export function consumerNamed(name: string): Consumer | undefined {
  return Object.hasOwn(consumers, name) ? consumers[name] : undefined;
}

function consumer<Options>(
  adapter: Adapter<Options>,
  options: z.ZodType<Options>,
  knowing: (options: Options, own: readonly string[]) => Options,
): Consumer {
  return { adapter, options, knowing: (checked, own) => knowing(checked as Options, own) };
}
