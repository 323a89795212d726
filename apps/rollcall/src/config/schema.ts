import { defaultGuard, defaultRemovals } from "@rollcall/sync";
import { z } from "zod";
import { duration } from "./duration.ts";
import { isAddress } from "../listen.ts";
import { expected } from "./expected.ts";
import { isObject } from "./fields.ts";
import { dnsLabel, namespace, objectName, server, some } from "./names.ts";
import { serve } from "./serve.ts";

/** What stands under names of anybody's choice. zod drops the one name that JavaScript takes for something else, and it would drop it in silence. */
export function byName<T extends z.ZodType>(value: T): z.ZodType<Record<string, z.infer<T>>> {
  return z.preprocess(
    (said, context) => {
      if (typeof said === "object" && said !== null && Object.hasOwn(said, "__proto__"))
        context.addIssue({ code: "custom", path: ["__proto__"], message: "is a name that cannot be used; choose another" });
      return said;
    },
    z.record(z.string(), value),
  );
}

/** Who goes is known only when all who go together have been seen to: even without a grace nobody is let go at once. */
export const leastGrace = 1;

const removal = (cause: keyof typeof defaultRemovals): z.ZodPrefault<z.ZodType<(typeof defaultRemovals)[typeof cause]>> =>
  z
    .strictObject({
      then: z.enum(["drain", "release", "keep"]).default(defaultRemovals[cause].then),
      after: duration()
        .transform((seconds) => Math.max(leastGrace, seconds))
        .default(defaultRemovals[cause].after),
    })
    .prefault({});

const health = z
  .strictObject({
    join: z.enum(["healthy", "notUnhealthy", "any"]).default("any"),
    joinAfter: duration().default(0),
    evict: z.union([z.literal("never"), duration({ least: 1 })], expected("never or a duration such as 30m")).default("never"),
  })
  .refine(({ join, joinAfter }) => join !== "any" || joinAfter === 0, {
    // It is about two keys, and what is wrong with the third does not put it off.
    when: ({ value, issues }) => isObject(value) && issues.every(({ path }) => path?.[0] === "evict"),
    path: ["joinAfter"],
    error: "means nothing where join is any; say join: healthy or notUnhealthy, or take it out",
  });

const key = (what: string): z.ZodOptional<z.ZodString> => z.string(expected(what)).min(1, expected(what)).optional();

/** Which decision chooses. The first four say which; that one of them is said is checked where the texts are. */
const placement = z.strictObject({
  key: key("the key of a decision"),
  name: objectName("the name of a PlacementDecision").optional(),
  placementKey: key("a placement key"),
  labels: key("a label selector such as app=web"),
  namespace: namespace.optional(),
  api: z.enum(["multicluster.x-k8s.io", "cluster.open-cluster-management.io"]).optional(),
});

/** Where decisions are read, whose they may be, and for how long they have to be quiet. */
const placements = z.strictObject({
  namespaces: some(namespace, "at least one namespace to read PlacementDecisions from").optional(),
  schedulers: some(z.string().min(1), "at least one scheduler").optional(),
  // Without any time at all, half of a decision would be taken for all of it.
  settle: z.strictObject({ one: duration({ least: 1 }).default(3), several: duration({ least: 1 }).default(30) }).prefault({}),
});

const wholeNumber = expected("a whole number of at least 1");
const percentage = expected("a number above 0 and up to 100");

const guard = z.strictObject({
  max: z.int(wholeNumber).min(1, wholeNumber).default(defaultGuard.max),
  percent: z.number(percentage).gt(0, percentage).max(100, percentage).default(defaultGuard.percent),
  // Without a window there would be nothing to count in, and everybody could go at once.
  window: duration({ least: 1 }).default(defaultGuard.window),
});

const pace = z.strictObject({
  perMinute: z.int(wholeNumber).min(1, wholeNumber),
  canary: z.int(wholeNumber).min(1, wholeNumber).default(1),
  watch: duration().default(60),
});

/** What every list has, whoever its consumer is; `options` and `target` are checked with the consumer's own schema. */
export const list = z.strictObject({
  // It becomes part of a label, of an object's name and of metrics.
  name: dnsLabel("a list's name"),
  consumer: z.string(),
  mode: z.enum(["observe", "upsert", "sync"]).default("sync"),
  select: z
    .strictObject({
      labels: z.string(expected("a label selector such as env in (prod, staging)")).optional(),
      properties: byName(some(z.string(), "at least one value")).optional(),
      namespaces: some(namespace, "at least one namespace").optional(),
      names: some(objectName("a profile's name"), "at least one name of a profile").optional(),
      managers: some(z.string().min(1), "at least one cluster manager").optional(),
      clusterSets: some(z.string().min(1), "at least one cluster set").optional(),
      where: z.string(expected("a CEL expression (docs/where.md)")).min(1).optional(),
      orderBy: z.string(expected("a CEL expression (docs/where.md)")).min(1).optional(),
      placement: placement.optional(),
      health: health.prefault({}),
    })
    .prefault({}),
  target: z.looseObject(server),
  options: z.record(z.string(), z.unknown()).default({}),
  pace: pace.optional(),
  answers: z.strictObject({ allowEmpty: z.boolean().default(false) }).prefault({}),
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
    namespaces: some(namespace, "at least one namespace to read ClusterProfiles from"),
    placements: placements.prefault({}),
  }),
  providers: z
    .strictObject({
      file: z.string().min(1).optional(),
      inline: z.array(z.unknown()).optional(),
      settings: byName(z.unknown()).optional(),
    })
    .default({}),
  state: z.strictObject({ namespace: namespace.default("rollcall") }).prefault({}),
  metrics: z.strictObject({ listen: z.string().refine(isAddress, expected("host:port, such as 127.0.0.1:9090")) }).optional(),
  serve: serve.optional(),
  lists: z.array(z.unknown(), expected("at least one list")),
});
