import { readFile } from "node:fs/promises";

const reread = 60_000;

/** A token that lives in a file and is rotated there: read again after a minute, and the last good one kept when the file cannot be read. */
export function tokenFile(path: string): () => Promise<string | undefined> {
  let token: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - readAt < reread) return token;
    try {
      token = (await readFile(path, "utf8")).trim();
      readAt = performance.now();
    } catch (error) {
      if (token === undefined) throw error;
    }
    return token;
  };
}
