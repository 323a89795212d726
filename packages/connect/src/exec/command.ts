import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** Finds the file of a command, the same one for ever once it was found; undefined where there is none. */
export type FindCommand = (command: string) => string | undefined;

/** Looks a command up in these folders alone, each named by its whole path; a path of its own has to be a whole one. */
export function commandsIn(folders: readonly string[]): FindCommand {
  const found = new Map<string, string>();
  return (command) => {
    // A file that is put before ours in the path later is another program.
    const known = found.get(command);
    if (known !== undefined) return known;
    const file = look(command, folders);
    if (file !== undefined) found.set(command, file);
    return file;
  };
}

function look(command: string, folders: readonly string[]): string | undefined {
  if (command === "" || command.includes("\0")) return undefined;
  if (isAbsolute(command)) return isProgram(command) ? command : undefined;
  if (/[/\\]|^\.\.?$/.test(command)) return undefined;
  return folders
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, command))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
