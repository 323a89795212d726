import { defaultGuard, defaultRemovals } from "@rollcall/sync";
import { z } from "zod";
import { duration } from "./duration.ts";

const dnsLabel = (what: string): z.ZodString =>
  z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, `expected ${what}: lower-case letters, digits and "-"`);
export const namespace: z.ZodString = dnsLabel("a namespace");

/** Where an API server is; without a kubeconfig, the cluster that Rollcall runs in or the one that kubectl would use. */
const server = { kubeconfig: z.string().min(1).optional(), context: z.string().min(1).optional() };

const removal = (cause: keyof typeof defaultRemovals): z.ZodPrefault<z.ZodType<(typeof defaultRemovals)[typeof cause]>> =>
  z
    .strictObject({
      then: z.enum(["drain", "release", "keep"]).default(defaultRemovals[cause].then),
      after: duration.default(defaultRemovals[cause].after),
    })
    .prefault({});

const guard = z.strictObject({
  max: z.int().min(1).default(defaultGuard.max),
  percent: z.number().gt(0).max(100).default(defaultGuard.percent),
  window: duration.default(defaultGuard.window),
});

/** What every list has, whoever its consumer is; `options` and `target` are checked with the consumer's own schema. */
export const list = z.strictObject({
  // It becomes part of a label, of an object's name and of metrics.
  name: dnsLabel("a list's name"),
  consumer: z.string(),
  mode: z.enum(["observe", "upsert", "sync"]).default("sync"),
  select: z
    .strictObject({
      labels: z.string().optional(),
      properties: z.record(z.string(), z.array(z.string())).optional(),
      namespaces: z.array(namespace).optional(),
      names: z.array(z.string()).optional(),
    })
    .default({}),
  target: z.looseObject(server),
  options: z.record(z.string(), z.unknown()).default({}),
  removal: z
    .strictObject({
      deselected: removal("deselected"),
      unregistered: removal("unregistered"),
      unhealthy: removal("unhealthy"),
      guard: guard.prefault({}),
    })
    .prefault({}),
});

/** The file as a whole; its lists are judged one by one, so that a bad one does not stop the others. */
export const file = z.strictObject({
  apiVersion: z.literal("rollcall.dev/v1alpha1"),
  kind: z.literal("RollcallConfig"),
  instance: dnsLabel("an instance's name").default("rollcall"),
  inventory: z.strictObject({
    ...server,
    namespaces: z.array(namespace).min(1, "name at least one namespace to read ClusterProfiles from"),
  }),
  providers: z
    .strictObject({
      file: z.string().min(1).optional(),
      inline: z.array(z.unknown()).optional(),
      settings: z.record(z.string(), z.unknown()).optional(),
    })
    .default({}),
  state: z.strictObject({ namespace: namespace.default("rollcall") }).prefault({}),
  lists: z.array(z.unknown()).min(1, "name at least one list"),
});
