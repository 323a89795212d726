import { parseArgs } from "node:util";
import { RollcallError } from "@rollcall/contract";
import { isApiError } from "@rollcall/kube";
import type { Command, Flags, Voice } from "./commands/command.ts";
import { commandNamed, commands, usage } from "./commands/commands.ts";
import { oneLine } from "./one-line.ts";
import { whenForbidden } from "./rights.ts";

/** Finds the command and runs it; what goes wrong is said in one line. Resolves to the exit code. */
export async function run([name, ...rest]: readonly string[], voice: Voice): Promise<number> {
  const complain = (message: string): number => {
    voice.err(`rollcall: ${message}\n`);
    return 1;
  };
  if (name === undefined || name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    voice.out(usage());
    return name === undefined ? 1 : 0;
  }
  if (name === "help") return run([...rest, "--help"], voice);
  const command = commandNamed(name);
  if (command === undefined) return complain(`there is no command "${oneLine(name)}"; there are ${Object.keys(commands).join(", ")}`);
  const typed = typedAfter(command, rest);
  if (typeof typed === "string") return complain(`${oneLine(typed)}; see rollcall ${name} --help`);
  const { flags, args } = typed;
  if (flags["help"] === true) {
    voice.out(usage(name));
    return 0;
  }
  const wrong = wrongArgs(command, args);
  if (wrong !== undefined) return complain(`${oneLine(wrong)}; see rollcall ${name} --help`);
  try {
    return await command.run(flags, voice, args);
  } catch (error) {
    if (isApiError(error, 403)) return complain(`${error.message}; ${whenForbidden(name)}`);
    if (error instanceof RollcallError) return complain(error.message);
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return complain(`something went wrong that should not; please report it with how it came about (${oneLine(what)})`);
  }
}

/** What was typed after a command, or what is wrong with it. */
function typedAfter(command: Command, rest: readonly string[]): { readonly flags: Flags; readonly args: readonly string[] } | string {
  try {
    const options = { ...command.flags, help: { type: "boolean", short: "h" } } as const;
    const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true });
    return { flags: values, args: positionals };
  } catch (error) {
    // Node goes on to explain how values that look like flags can be given; the first sentence is what is wrong.
    return (error as Error).message.split(/\.\s/, 1)[0]!;
  }
}

/** What is wrong with the values that follow no flag, if anything is. */
function wrongArgs({ args: takes = [] }: Command, args: readonly string[]): string | undefined {
  const missing = takes.slice(args.length).find((each) => !each.startsWith("["));
  if (missing !== undefined) return `${missing} is missing`;
  const surplus = args[takes.length];
  if (surplus === undefined) return undefined;
  return `"${surplus}" is not expected there, ${takes.length === 0 ? "every value follows its flag" : `it comes after ${takes.join(" ")}`}`;
}
