import type { KubeObject, ObjectMeta } from "@rollcall/contract";

/** An object as the hub keeps it: never edited, always replaced. */
export interface HubObject extends KubeObject {
  readonly metadata: HubMeta;
}

export interface HubMeta extends ObjectMeta {
  readonly generation?: number;
  readonly finalizers?: readonly string[];
  readonly deletionGracePeriodSeconds?: number;
}

/** A JSON object of unknown shape, such as a request's body. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Tells a JSON object from every other JSON value. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The time now as Kubernetes writes it: to the second. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

/** The value at a dotted path, or undefined where the path ends early. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((at, step) => (isJsonObject(at) ? at[step] : undefined), value);
}

/** Leaves out members that are undefined, empty lists and empty maps: the real server does not store them in metadata either. */
export function withoutEmpty<T extends object>(value: T): T {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined && each !== null && !isEmpty(each));
  return Object.fromEntries(entries) as T;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
