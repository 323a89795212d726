/** Any Kubernetes object, as it goes over the wire. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
  readonly status?: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A kind of object in a place, enough to build its URL and to say the RBAC that it needs. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** A namespace, `"*"` for all of them, or absent for kinds that have none. */
  readonly namespace?: string;
  /** The kind has a status subresource that we write. */
  readonly status?: true;
  /** Paths that the API server will not let us change: a difference there means delete and create. */
  readonly replaceOn?: readonly string[];
}

/** How logs and errors name an object: never its content. */
export function objectKey(object: { readonly kind: string; readonly metadata: ObjectMeta }): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? `${object.kind}/${name}` : `${object.kind}/${namespace}/${name}`;
}

/** Secret data from text, as the API wants it: base64 of UTF-8. */
export function secretData(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, toBase64(text)]));
}

// Most of what is encoded is ASCII, which is its own UTF-8: the way round the bytes costs many times as much.
const isAscii = /^\p{ASCII}*$/u;

/** Base64 of a text's UTF-8, in any JavaScript. */
export function toBase64(text: string): string {
  if (isAscii.test(text)) return btoa(text);
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}

/** The text behind base64, or undefined where there is none. */
export function fromBase64(encoded: string): string | undefined {
  try {
    const binary = atob(encoded);
    if (isAscii.test(binary)) return binary;
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
