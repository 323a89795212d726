import { z } from "zod";
import { expected } from "./expected.ts";

/** A name that an API server takes as a namespace or as part of a label. */
export function dnsLabel(what: string): z.ZodString {
  const said = expected(`${what} (at most 63 lower-case letters, digits and "-")`);
  return z.string(said).regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, said);
}

/** The name of any object, as an API server takes it. */
export function objectName(what: string): z.ZodString {
  const said = expected(`${what} (at most 253 lower-case letters, digits, "-" and ".")`);
  return z
    .string(said)
    .max(253, said)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, said);
}

/** The name of a namespace. */
export const namespace: z.ZodString = dnsLabel("a namespace");

/** Where an API server is; without a kubeconfig, the cluster that Rollcall runs in or the one that kubectl would use. */
export const server = { kubeconfig: z.string().min(1).optional(), context: z.string().min(1).optional() };

/** At least one, none twice. An empty list would quietly choose nobody. */
export function some(one: z.ZodType<string>, what: string): z.ZodType<readonly string[]> {
  return z
    .array(one, expected(`a list with ${what}`))
    .min(1, expected(what))
    .superRefine(refuseTwice, { when: ({ value }) => Array.isArray(value) });
}

function refuseTwice(values: readonly string[], context: z.RefinementCtx): void {
  values.forEach((value, at) => {
    if (values.indexOf(value) !== at)
      context.addIssue({ code: "custom", path: [at], message: `is there twice (${JSON.stringify(value)}); say it once` });
  });
}
