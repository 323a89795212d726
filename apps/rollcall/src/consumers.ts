import { argocd, type ArgoCdOptions } from "@rollcall/argocd";
import type { Adapter } from "@rollcall/contract";
import { z } from "zod";
import { expected } from "./config/expected.ts";
import { namespace } from "./config/schema.ts";

/** A consumer as the program knows it: its adapter, and what may be said of it in a config. */
export interface Consumer {
  /** Options that a schema has checked meet only the adapter that the schema belongs to, so in between nobody needs to know them. */
  readonly adapter: Adapter<unknown>;
  /** `target` and `options` of a list, merged. */
  readonly options: z.ZodType;
}

const template = expected("a name, in which braces hold nothing but {namespace} or {name}");
const labelKeys = expected("a label key, or all keys of a prefix such as topology.kubernetes.io/*");

/** The options of Argo CD's adapter, as a config may say them. */
export const argocdOptions = z.strictObject({
  namespace,
  // A misspelt placeholder would be taken for the name, and a name is never changed.
  name: z
    .string(template)
    .regex(/^(?:[^{}]|\{(?:namespace|name)\})+$/, template)
    .exactOptional(),
  copyLabels: z
    .array(z.string(labelKeys).regex(/^(?:[a-z0-9][-a-z0-9.]*\/)?(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?|(?<=\/)\*)$/, labelKeys))
    .exactOptional(),
  project: z.string().min(1).exactOptional(),
  login: z.enum(["by itself", "with a credential from us"]).exactOptional(),
});

/** The consumers that there are; a new one is one word more. */
export const consumers: Readonly<Record<string, Consumer>> = {
  argocd: consumer<ArgoCdOptions>(argocd, argocdOptions),
};

/** The consumer of that name, if there is one. */
export function consumerNamed(name: string): Consumer | undefined {
  return Object.hasOwn(consumers, name) ? consumers[name] : undefined;
}

function consumer<Options>(adapter: Adapter<Options>, options: z.ZodType<Options>): Consumer {
  return { adapter, options };
}
