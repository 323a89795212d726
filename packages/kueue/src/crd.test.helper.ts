import { parse } from "yaml";
import type { KubeObject } from "@rollcall/contract";

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-validations"?: readonly { readonly rule: string }[];
}

interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly scope: string;
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const paths = [
  "./crds/kueue.x-k8s.io_multikueueclusters.yaml",
  "./crds/kueue.x-k8s.io_multikueueconfigs.yaml",
  "../../../e2e/control-plane/crds/multicluster.x-k8s.io_clusterprofiles.yaml",
];

const objectName = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Says what an API server with these CRDs would refuse of an object, or take out of it without a word. */
export function crdCheck(read: (path: string) => string): (object: KubeObject) => readonly string[] {
  const crds = paths.map((path) => parse(read(path)) as Crd);
  return (object) => problemsWith(object, crds);
}

function problemsWith(object: KubeObject, crds: readonly Crd[]): readonly string[] {
  const { name, namespace, labels = {} } = object.metadata;
  const ofMetadata = [
    ...(objectName.test(name) ? [] : [`metadata.name ${name}`]),
    ...Object.entries(labels).flatMap(([key, value]) =>
      /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/.test(value) ? [] : [`metadata.labels ${key} ${value}`],
    ),
  ];
  if (object.kind === "Secret") return ofMetadata;
  const crd = crds.find(({ spec }) => object.kind === spec.names.kind && object.apiVersion.startsWith(`${spec.group}/`));
  const version = crd?.spec.versions.find((each) => object.apiVersion === `${crd.spec.group}/${each.name}`);
  if (crd === undefined || version === undefined) return [`${object.apiVersion} ${object.kind} is not served`];
  const place = (crd.spec.scope === "Namespaced") === (namespace !== undefined) ? [] : [`metadata.namespace ${namespace}`];
  const { metadata: _, ...rest } = object;
  return [...ofMetadata, ...place, ...walk({ ...rest, metadata: {} }, version.schema.openAPIV3Schema, object.kind)];
}

function walk(value: unknown, schema: Schema, at: string): readonly string[] {
  const ofRules = (schema["x-kubernetes-validations"] ?? []).flatMap(({ rule }) => (holds(rule, value) ? [] : [`${at} breaks ${rule}`]));
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at} is none of ${schema.enum.join()}`];
  const check = checks[schema.type ?? ""];
  if (check === undefined) throw new Error(`${at} is of type ${schema.type}, which this test does not know yet`);
  return [...ofRules, ...check(value, schema, at)];
}

const checks: Readonly<Record<string, (value: unknown, schema: Schema, at: string) => readonly string[]>> = {
  string: ofText,
  array: ofList,
  object: ofMap,
  boolean: (value, _, at) => (typeof value === "boolean" ? [] : [`${at} is no boolean`]),
};

function ofText(value: unknown, { minLength = 0, maxLength = Infinity, pattern = "", format }: Schema, at: string): readonly string[] {
  if (typeof value !== "string") return [`${at} is no text`];
  const fits = value.length >= minLength && value.length <= maxLength && new RegExp(pattern).test(value);
  if (format === "byte" && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) return [`${at} is no base64`];
  return fits ? [] : [`${at} is too short, too long or not of the form, with ${value.length} characters`];
}

function ofList(value: unknown, schema: Schema, at: string): readonly string[] {
  if (!Array.isArray(value)) return [`${at} is no list`];
  const { minItems = 0, maxItems = Infinity, items = {} } = schema;
  if (value.length < minItems || value.length > maxItems) return [`${at} has ${value.length} items`];
  if (schema["x-kubernetes-list-type"] === "set" && new Set(value).size < value.length) return [`${at} holds something twice`];
  return value.flatMap((each, index) => walk(each, items, `${at}[${index}]`));
}

function ofMap(value: unknown, { properties = {}, required = [], ...schema }: Schema, at: string): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at} is no object`];
  const missing = required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${at}.${key} is missing`);
  const inner = Object.entries(value).flatMap(([key, each]) => {
    const inside = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (inside !== undefined) return walk(each, inside, `${at}.${key}`);
    return schema["x-kubernetes-preserve-unknown-fields"] || at.endsWith(".metadata") ? [] : [`${at}.${key} would be dropped`];
  });
  return [...missing, ...inner];
}

/** The rules of these CRDs, in our words: a rule that is not known here is a reason to look at it. */
function holds(rule: string, value: unknown): boolean {
  if (rule.includes("oldSelf")) return true;
  if (rule.includes("has(self.kubeConfig)")) return Object.keys(value as object).length === 1;
  if (rule.startsWith("size(self.filter(i,")) return new Set(value as readonly unknown[]).size === (value as readonly unknown[]).length;
  throw new Error(`this test does not know the rule ${rule} yet`);
}
