import { argocd, type ArgoCdOptions } from "@rollcall/argocd";
import type { Adapter } from "@rollcall/contract";
import { z } from "zod";
import { namespace } from "./config/schema.ts";

/** A consumer as the program knows it: its adapter, and what may be said of it in a config. */
export interface Consumer {
  /** Options that a schema has checked meet only the adapter that the schema belongs to, so in between nobody needs to know them. */
  readonly adapter: Adapter<unknown>;
  /** `target` and `options` of a list, merged. */
  readonly options: z.ZodType;
}

/** The options of Argo CD's adapter, as a config may say them. */
export const argocdOptions = z.strictObject({
  namespace,
  name: z.string().min(1).exactOptional(),
  copyLabels: z.array(z.string().min(1)).exactOptional(),
  project: z.string().min(1).exactOptional(),
  login: z.enum(["by itself", "with a credential from us"]).exactOptional(),
});

/** The consumers that there are; a new one is one word more. */
export const consumers: Readonly<Record<string, Consumer>> = {
  argocd: consumer<ArgoCdOptions>(argocd, argocdOptions),
};

function consumer<Options>(adapter: Adapter<Options>, options: z.ZodType<Options>): Consumer {
  return { adapter, options };
}
