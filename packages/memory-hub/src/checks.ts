import type { ServedKind } from "./kinds.ts";
import { isJsonObject, valueAt, type HubObject } from "./object.ts";
import { invalid, type StatusError } from "./status-error.ts";

const maxData = 1024 * 1024;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedName =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9]|[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9])$/;
const labelValue = /^([A-Za-z0-9]|[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const dataKey = /^[-._a-zA-Z0-9]+$/;

/** Says why an object cannot even be read as its kind, or undefined. */
export function unreadable(kind: ServedKind, object: object): string | undefined {
  const maps = ["metadata.labels", "metadata.annotations", ...(holdsData(kind) ? ["data"] : [])];
  for (const path of maps) {
    const value = valueAt(object, path);
    if (value !== undefined && value !== null && !isTextMap(value))
      return `json: cannot unmarshal into Go struct field ${path} of type string`;
  }
  const encoded = kind.resource === "secrets" ? Object.values((valueAt(object, "data") ?? {}) as Record<string, string>) : [];
  return encoded.every(isBase64) ? undefined : "illegal base64 data at input byte 0";
}

/** Refuses an object that may not stand. `before` is what stands now. */
export function checkObject(kind: ServedKind, object: HubObject, before?: HubObject): void {
  const problem = problems(kind, object, before).next().value;
  if (problem !== undefined) throw problem;
}

function* problems(kind: ServedKind, object: HubObject, before?: HubObject): Generator<StatusError, undefined> {
  const { name, labels = {}, annotations = {} } = object.metadata;
  const wrong = (field: string, problem: string, reason?: string): StatusError => invalid(kind, name, field, problem, reason);
  if (name === "") yield wrong("metadata.name", "Required value: name or generateName is required", "FieldValueRequired");
  const isName = kind.resource === "namespaces" ? label.test(name) && name.length <= 63 : subdomain.test(name) && name.length <= 253;
  if (!isName)
    yield wrong(
      "metadata.name",
      `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'`,
    );
  for (const [key, value] of Object.entries(labels)) {
    if (!qualifiedName.test(key))
      yield wrong("metadata.labels", `Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.'`);
    if (!labelValue.test(value))
      yield wrong(
        "metadata.labels",
        `Invalid value: "${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', at most 63`,
      );
  }
  for (const key of Object.keys(annotations)) {
    if (!qualifiedName.test(key.toLowerCase()))
      yield wrong("metadata.annotations", `Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.'`);
  }
  if (holdsData(kind)) yield* dataProblems(kind, object, wrong);
  for (const path of before === undefined ? [] : (kind.immutable ?? [])) {
    const now = valueAt(object, path);
    if (JSON.stringify(now) !== JSON.stringify(valueAt(before, path)))
      yield wrong(path, `Invalid value: ${JSON.stringify(now)}: field is immutable`);
  }
  const said = kind.validate?.(object);
  if (said !== undefined) yield wrong(said.split(": ", 1)[0]!, said.split(": ").slice(1).join(": "));
  return undefined;
}

function* dataProblems(
  kind: ServedKind,
  { data = {} }: HubObject,
  wrong: (field: string, problem: string, reason?: string) => StatusError,
): Generator<StatusError> {
  for (const key of Object.keys(data)) {
    if (!dataKey.test(key))
      yield wrong(`data[${key}]`, `Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.'`);
  }
  const isSecret = kind.resource === "secrets";
  const bytes = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value, isSecret ? "base64" : "utf8"), 0);
  if (bytes > maxData) yield wrong(isSecret ? "data" : "[]", `Too long: may not be more than ${maxData} bytes`, "FieldValueTooLong");
}

function holdsData({ resource }: ServedKind): boolean {
  return resource === "secrets" || resource === "configmaps";
}

function isTextMap(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).every((each) => typeof each === "string");
}

function isBase64(text: string): boolean {
  const bare = text.replaceAll(/[\r\n]/g, "");
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare);
}
