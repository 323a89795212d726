import { argocd, type ArgoCdOptions } from "@rollcall/argocd";
import type { Adapter } from "@rollcall/contract";
import type { Way } from "@rollcall/sync";
import type { z } from "zod";
import { argocdOptions } from "./config/argocd.ts";

/** What a write costs a consumer and those who use it, in a sentence each. */
export interface Cost {
  readonly create: string;
  readonly change: string;
  readonly remove: Readonly<Record<Way, string>>;
}

/** A consumer as the program knows it: its adapter, and what may be said of it in a config. */
export interface Consumer {
  /** Options that a schema has checked meet only the adapter that the schema belongs to, so in between nobody needs to know them. */
  readonly adapter: Adapter<unknown>;
  /** `target` and `options` of a list, merged. */
  readonly options: z.ZodType;
  /** Which of these are said in `target`. */
  readonly where: readonly string[];
  /** The options of a list that knows which servers are its own, so that it can tell them from members. */
  readonly knowing: (options: unknown, own: readonly string[]) => unknown;
  readonly cost: Cost;
}

/** The consumers that there are; a new one is one word more. */
export const consumers: Readonly<Record<string, Consumer>> = {
  argocd: consumer<ArgoCdOptions>(argocd, argocdOptions, {
    where: ["namespace"],
    knowing: (options, own) => ({ ...options, refuse: [...(options.refuse ?? []), ...own] }),
    cost: {
      create:
        "each makes Argo CD go through every ApplicationSet with a clusters generator, and read the new cluster once something is deployed to it",
      change:
        "each makes Argo CD go through every ApplicationSet with a clusters generator; a changed config, namespaces or clusterResources make it read the whole cluster anew, a changed server or name can cut off Applications that name the old one",
      remove: {
        drain:
          "ApplicationSets that select rollcall.dev/state: member delete their Applications there, and with them what those deployed; the Secret goes when no Application is left",
        release:
          "what runs there stays; Applications of ApplicationSets go without it, and others stay behind with a cluster that is not known any more",
      },
    },
  }),
};

/** The consumer of that name, if there is one. */
export function consumerNamed(name: string): Consumer | undefined {
  return Object.hasOwn(consumers, name) ? consumers[name] : undefined;
}

function consumer<Options>(
  adapter: Adapter<Options>,
  options: z.ZodType<Options>,
  {
    where,
    knowing,
    cost,
  }: {
    readonly where: readonly (keyof Options & string)[];
    readonly knowing: (options: Options, own: readonly string[]) => Options;
    readonly cost: Cost;
  },
): Consumer {
  return { adapter, options, where, knowing: (checked, own) => knowing(checked as Options, own), cost };
}
