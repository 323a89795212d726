import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { sleep } from "@rollcall/kube";

/** What a file holds, or in a word why it cannot be read. */
export type Content = { readonly text: string } | { readonly unread: string };

export interface Following {
  readonly files: readonly string[];
  /** Gets what the files hold, in their order: now, and whenever that is something else and has come to rest. */
  readonly take: (contents: readonly Content[]) => void;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/** Follows files by what they hold. Where a Secret is mounted, links are changed and no file is, so nothing else can be trusted. */
export async function follow({ files, take, signal, every = 1000 }: Following): Promise<void> {
  const read = (): Promise<readonly Content[]> => Promise.all(files.map(contentOf));
  const first = await read();
  take(first);

  async function poll(taken: string): Promise<void> {
    let before = taken;
    for (;;) {
      await sleep(every, signal);
      if (signal.aborted) return;
      const contents = await read();
      const now = digestOf(contents);
      // Half a token would be a token too, so what is being written is not taken before it rests.
      if (now !== taken && now === before) {
        take(contents);
        taken = now;
      }
      before = now;
    }
  }
  void poll(digestOf(first));
}

async function contentOf(file: string): Promise<Content> {
  try {
    return { text: await readFile(file, "utf8") };
  } catch (error) {
    return { unread: (error as NodeJS.ErrnoException).code ?? "it cannot be read" };
  }
}

/** What is secret need not lie about to be compared. */
function digestOf(contents: readonly Content[]): string {
  return createHash("sha256").update(JSON.stringify(contents)).digest("hex");
}
