import type { ClusterId } from "@rollcall/contract";
import { sayOfLogins, type LoginWords, type OrderBook } from "@rollcall/sync";

/** Leaves word of logins where `plan` and `status` read it. */
export interface LoginSayer {
  /** Something may be otherwise. */
  look(): void;
  /** Says what is still to be said. */
  close(): Promise<void>;
}

export interface LoginSayerParts {
  readonly book: OrderBook;
  readonly words: () => LoginWords;
  /** What stands on the roll, as far as it was seen. */
  readonly said: () => LoginWords;
  /** The clusters of the list. */
  readonly concerned: () => Iterable<ClusterId>;
  readonly onError: (error: unknown) => void;
}

/** Soon after something happened, so that many are said at once, and then not again for a while: a plugin may fail and work by turns. */
const [soon, seldom] = [1000, 15_000];

export function loginSayer({ book, words, said, concerned, onError }: LoginSayerParts): LoginSayer {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let last = -Infinity;

  async function say(): Promise<void> {
    const all = words();
    const of = [...concerned()].flatMap((id) => (all.has(id) ? [[id, all.get(id)!] as const] : []));
    if (of.length === 0 && said().size === 0) return;
    last = performance.now();
    try {
      await sayOfLogins(book, new Map(of));
    } catch (error) {
      onError(error);
    }
  }

  return {
    look() {
      if (isClosed) return;
      timer ??= setTimeout(
        () => {
          timer = undefined;
          void say();
        },
        Math.max(soon, last + seldom - performance.now()),
      ).unref();
    },
    async close() {
      isClosed = true;
      if (timer === undefined) return;
      clearTimeout(timer);
      await say();
    },
  };
}
