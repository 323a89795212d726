import { problemsOf, type ArgoCdOptions } from "@rollcall/argocd";
import { z } from "zod";
import { expected } from "./expected.ts";
import { isObject } from "./fields.ts";
import { namespace } from "./names.ts";
import { byName } from "./schema.ts";

const template = expected("a name, in which braces hold nothing but {namespace} or {name}");
const labelKeys = expected("a label key, or all keys of a prefix such as topology.kubernetes.io/*");

const mapped = { from: z.enum(["label", "property"]), key: z.string().min(1) };
const source = z.discriminatedUnion(
  "from",
  [
    z.strictObject(mapped),
    z.strictObject({ from: z.enum(["version", "displayName", "manager", "clusterSet", "namespace", "name"]) }),
    z.strictObject({ from: z.literal("value"), value: z.string() }),
  ],
  expected(
    "{ from: label or property, key }, { from: version, displayName, manager, clusterSet, namespace or name }, or { from: value, value }",
  ),
);

/** The options of Argo CD's adapter, as a config may say them. */
export const argocdOptions = z
  .strictObject({
    namespace,
    // A misspelt placeholder would be taken for the name, and a name is never changed.
    name: z
      .string(template)
      .regex(/^(?:[^{}]|\{(?:namespace|name)\})+$/, template)
      .exactOptional(),
    copyLabels: z
      .array(z.string(labelKeys).regex(/^(?:[a-z0-9][-a-z0-9.]*\/)?(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?|(?<=\/)\*)$/, labelKeys))
      .exactOptional(),
    labels: byName(source).exactOptional(),
    annotations: byName(source).exactOptional(),
    project: z
      .union(
        [z.string().min(1), z.strictObject({ ...mapped, allowed: z.array(z.string(), expected("the projects that a profile may name")) })],
        expected("a project, or { from: label or property, key, allowed: projects }"),
      )
      .exactOptional(),
    shard: z
      .union(
        [z.number(), z.strictObject(mapped), z.strictObject({ hash: z.number() })],
        expected("a number, { from: label or property, key }, or { hash: number }"),
      )
      .exactOptional(),
    namespaces: z.array(z.string()).exactOptional(),
    clusterResources: z.boolean().exactOptional(),
    login: z.enum(["by itself", "with a credential from us"]).exactOptional(),
    passClusterInfo: z.boolean().exactOptional(),
    placeholders: z.boolean().exactOptional(),
    refuse: z.array(z.string()).exactOptional(),
  })
  .superRefine(
    (options, context) => {
      for (const { path, message } of problemsOf(judgeable(options, context.issues)))
        context.addIssue({ code: "custom", path: [...path], message });
    },
    // Whoever mends one option would else learn only then what is wrong with another.
    { when: ({ value }) => isObject(value) },
  );

const anySource = { from: "name" } as const;

/** Stands for what is not of its shape, so that everything else can be judged. */
const good = {
  copyLabels: ["any"],
  labels: { any: anySource },
  annotations: { any: anySource },
  namespaces: ["any"],
  refuse: ["https://any"],
} satisfies Partial<ArgoCdOptions>;

/** The options as far as they are of their shape. */
function judgeable(options: ArgoCdOptions, issues: readonly z.core.$ZodRawIssue[]): ArgoCdOptions {
  const wrong = Map.groupBy(issues, ({ path }) => path?.[0]);
  const parts = Object.entries(options).flatMap(([key, value]) => {
    const at = wrong.get(key)?.map(({ path }) => path?.[1]);
    if (at === undefined) return [[key, value]];
    const instead = Object.hasOwn(good, key) ? good[key as keyof typeof good] : undefined;
    if (instead === undefined || at.includes(undefined)) return instead ? [[key, instead]] : [];
    const [one] = Object.values(instead);
    const mended = Array.isArray(value) ? [...value] : { ...value };
    return [[key, Object.assign(mended, Object.fromEntries(at.map((each) => [each, one])))]];
  });
  return Object.fromEntries(parts) as ArgoCdOptions;
}
