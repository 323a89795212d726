import type { ClusterId } from "@rollcall/contract";
import { isApiError, sleep } from "@rollcall/kube";
import type { Source } from "../resolve.ts";

export interface FollowSources {
  /** Secrets that credentials were read from. */
  readonly sources: () => Iterable<readonly [ClusterId, Source]>;
  /** Reads names and versions alone, never the data; nothing where it is gone. */
  readonly read: (source: Source) => Promise<Pick<Source, "uid" | "resourceVersion"> | undefined>;
  readonly outdated: (id: ClusterId) => void;
  readonly signal: AbortSignal;
  /** Milliseconds from one round to the next. */
  readonly every?: number;
  /** Milliseconds from one read to the next. */
  readonly apart?: number;
}

/**
 * Looks whether the Secrets that credentials came from are still the same, one after the other and by their names alone:
 * that takes no right to list or watch the Secrets of others, and no connection for each of them.
 */
export async function followSources({ sources, read, outdated, signal, every = 30_000, apart = 20 }: FollowSources): Promise<void> {
  while (!signal.aborted) {
    await sleep(every, signal);
    for (const [id, source] of Array.from(sources())) {
      if (signal.aborted) return;
      const isSame = await read(source).then(
        (now) => now?.uid === source.uid && now.resourceVersion === source.resourceVersion,
        // What cannot be read may be as it was. Where it may not be read any more, reading it anew tells why, and what to do.
        (error: unknown) => !isApiError(error, 403),
      );
      if (!isSame) outdated(id);
      await sleep(apart, signal);
    }
  }
}
