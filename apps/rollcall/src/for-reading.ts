import { fromBase64, sha256, type KubeObject } from "@rollcall/contract";

/**
 * A Secret to be read by people: what is plain in clear, of the rest its length and a hash, by which a change is seen.
 * An API server refuses it: what stands under `data` is no base64, so nobody overwrites a Secret with what is only shown.
 */
export function forReading(object: KubeObject, plain: readonly string[]): KubeObject {
  if (object.kind !== "Secret" || object.data === undefined) return object;
  const shown = Object.entries(object.data).map(([key, value]) => {
    const text = fromBase64(value) ?? value;
    return [key, plain.includes(key) ? text : `(hidden: ${text.length} characters, sha256 ${sha256(text).slice(0, 12)})`];
  });
  return { ...object, data: Object.fromEntries(shown) as Record<string, string> };
}
