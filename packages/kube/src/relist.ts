import type { KubeObject } from "@rollcall/contract";
import type { InformerOptions } from "./informer-options.ts";
import { list } from "./list.ts";
import type { Change, OwnStore } from "./store.ts";
import { isNewer } from "./version.ts";

export interface RelistOptions<T> {
  readonly store: OwnStore<T>;
  readonly isFirst: boolean;
  readonly tell: (changes: readonly Change<T>[]) => void;
  readonly hear: () => void;
  /** Called before anything that an older server tells is handed on, so that nobody acts on it unwarned. */
  readonly wentBack: (from: string, to: string) => void;
}

/**
 * Lists in pages and takes that in; gives the version of the list, and how many changes nobody had told before.
 * A first list is told as it comes, so that the first need not wait for the last; a later one as a whole, since others act on what is known all the while.
 */
export async function relist<T>(
  { transport, kind, labelSelector, fieldSelector, pageSize, signal }: InformerOptions<T>,
  { store, isFirst, tell, hear, wentBack }: RelistOptions<T>,
): Promise<{ readonly version: string; readonly missed: number }> {
  const begin = () => store.begin(isFirst ? "it comes" : "a whole");
  let pass = begin();
  const before = store.version();
  let isBack = false;

  function page(items: readonly KubeObject[], at: string): void {
    hear();
    if (before !== undefined && isNewer(before, at) && !isBack) {
      isBack = true;
      wentBack(before, at);
    }
    tell(pass.page(items, at));
  }

  const version = await list(transport, kind, { labelSelector, fieldSelector, pageSize, signal }, page, () => (pass = begin()));
  const changes = pass.end(version);
  tell(changes);
  return { version, missed: isFirst ? 0 : changes.length };
}
