import { readFile } from "node:fs/promises";
import { reread } from "./reread.ts";

/** A token that lives in a file and is rotated there; `first` is used as long as there is none to read. */
export function tokenFile(path: string, first?: string): (refused?: string) => Promise<string> {
  return reread(
    async () => {
      const token = (await readFile(path, "utf8")).trim();
      if (token === "") throw new Error(`the token file ${path} is empty`);
      return token;
    },
    { first },
  );
}
