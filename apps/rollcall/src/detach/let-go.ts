import { ourDomain, RollcallError } from "@rollcall/contract";
import { isApiError, patch, remove } from "@rollcall/kube";
import type { Left, LeftBehind } from "./left.ts";

/** What becomes of the objects: they stay and are nobody's, or they go. */
export type Fate = "keep" | "delete";

/** Lets go of exactly what was found, the roll last: whoever is stopped on the way finds the rest again. */
export async function letGo(
  { objects, rolls }: Pick<LeftBehind, "objects" | "rolls">,
  fate: Fate,
  done: (what: "kept" | "deleted", left: Left) => void,
): Promise<void> {
  const all = [...objects, ...rolls];
  for (const [at, left] of all.entries()) {
    const isKept = fate === "keep" && at < objects.length;
    try {
      await (isKept ? unmark(left) : remove(left.transport, left.kind, left));
    } catch (cause) {
      // Gone already is as good.
      if (!isApiError(cause, 404)) throw stopped(left, all.slice(at), cause);
    }
    done(isKept ? "kept" : "deleted", left);
  }
}

/** Takes our marks off and nothing else: what the consumer reads stays as it is, byte for byte. */
async function unmark({ transport, kind, metadata }: Left): Promise<void> {
  const { uid, resourceVersion } = metadata;
  const without = (keys: Readonly<Record<string, string>> = {}): Record<string, null> =>
    Object.fromEntries(Object.keys(keys).flatMap((key) => (key.startsWith(ourDomain) ? [[key, null]] : [])));
  const body = { metadata: { uid, resourceVersion, labels: without(metadata.labels), annotations: without(metadata.annotations) } };
  await patch(transport, kind, { metadata }, body);
}

function stopped({ key }: Left, rest: readonly Left[], cause: unknown): RollcallError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const names = rest.slice(0, 3).map((each) => each.key);
  const more = rest.length > names.length ? ` and ${rest.length - names.length} more` : "";
  const what = `stopped at ${key} (${why}); left are ${names.join(", ")}${more}`;
  return new RollcallError("Stopped", `${what}. Say it again without --confirm: it shows what is left and goes on from there`, {
    retry: false,
    cause,
  });
}
