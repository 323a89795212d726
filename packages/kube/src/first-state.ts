import type { KubeObject } from "@rollcall/contract";
import { ApiError } from "./errors.ts";
import type { Change, OwnStore } from "./store.ts";
import type { WatchEvent } from "./watch.ts";

/** Each telling costs its reader something, a whole fleet one by one too much; yet the first need not wait for the last. */
const batchSize = 500;

/** Takes in what a watch tells until it has told all that is there. */
export function firstState<T>(store: OwnStore<T>, tell: (changes: readonly Change<T>[]) => void): { take(event: WatchEvent): boolean } {
  const pass = store.begin();
  let batch: KubeObject[] = [];

  function flush(): void {
    const objects = batch;
    batch = [];
    tell(pass.page(objects));
  }

  return {
    /** Whether this was the last of it. */
    take(event) {
      if (event.type === "BOOKMARK") {
        if (event.isAll === undefined) return false;
        flush();
        tell(pass.end(event.resourceVersion));
        return true;
      }
      // What happens meanwhile may come before the end, too.
      if (event.type === "DELETED") {
        flush();
        tell(store.event(event.type, event.object));
      } else if (batch.push(event.object) === batchSize) flush();
      return false;
    },
  };
}

/** The server began to tell, and never said that this was all: it knows watches and no state before them. */
export class NoState extends Error {
  override readonly message = "the server does not say when it has told all that is there";
}

/** Whether a server says, one way or another, that it cannot begin a watch with all that is there; older ones do not know the question. */
export function cannotStream(error: unknown): boolean {
  return error instanceof NoState || (error instanceof ApiError && [400, 405, 406, 422, 501].includes(error.status));
}
