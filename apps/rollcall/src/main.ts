#!/usr/bin/env node
import { parseArgs } from "node:util";
import { RollcallError } from "@rollcall/contract";
import type { Command, Flags } from "./commands/command.ts";
import { commandNamed, commands, usage } from "./commands/commands.ts";
import { oneLine } from "./one-line.ts";

/** Finds the command and runs it; what goes wrong is said in one line. */
async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  if (name === "help") return main([...rest, "--help"]);
  const command = commandNamed(name);
  if (command === undefined) return complain(`there is no command "${oneLine(name)}"; there are ${Object.keys(commands).join(", ")}`);
  const flags = flagsOf(command, rest);
  if (typeof flags === "string") return complain(`${oneLine(flags)}; see rollcall ${name} --help`);
  if (flags["help"] === true) {
    process.stdout.write(usage(name));
    return 0;
  }
  try {
    return await command.run(flags);
  } catch (error) {
    if (error instanceof RollcallError) return complain(error.message);
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    complain(`something went wrong that should not; please report it with how it came about (${oneLine(what)})`);
    return 1;
  }
}

/** What was typed after a command, or what is wrong with it. */
function flagsOf(command: Command, args: readonly string[]): Flags | string {
  try {
    const options = { ...command.flags, help: { type: "boolean", short: "h" } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return positionals.length > 0 ? `"${positionals[0]}" is not expected there, every value follows its flag` : values;
  } catch (error) {
    // Node goes on to explain how values that look like flags can be given; the first sentence is what is wrong.
    return (error as Error).message.split(/\.\s/, 1)[0]!;
  }
}

function complain(message: string): number {
  process.stderr.write(`rollcall: ${message}\n`);
  return 2;
}

// Whoever reads has read enough, as `head` does. Anything else that befalls the output is worth a crash.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(1);
});

const code = await main(process.argv.slice(2));
// What failed may have left something open, and nobody is there any more to close it.
if (code !== 0) process.exit(code);
