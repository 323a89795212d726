import { readFile } from "node:fs/promises";

const reread = 60_000;

/** A token that lives in a file and is rotated there: read again after a minute, and the last good one kept while the file is empty or cannot be read. */
export function tokenFile(path: string, first?: string): () => Promise<string | undefined> {
  let token = first;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - readAt < reread) return token;
    try {
      const read = (await readFile(path, "utf8")).trim();
      if (read === "") throw new Error(`the token file ${path} is empty`);
      token = read;
      readAt = performance.now();
    } catch (error) {
      if (token === undefined) throw error;
    }
    return token;
  };
}
