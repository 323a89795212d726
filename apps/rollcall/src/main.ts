#!/usr/bin/env node
import { parseArgs } from "node:util";
import { RollcallError } from "@rollcall/contract";
import { commands, usage } from "./commands/commands.ts";

/** Finds the command and runs it; what goes wrong is said in one line. */
async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = commands[name];
  if (command === undefined) return complain(`there is no command "${name}"; there are ${Object.keys(commands).join(", ")}`);
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: { ...command.flags, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    if (positionals.length > 0) return complain(`"${positionals[0]}" is not expected after ${name}; see rollcall ${name} --help`);
    if (values.help === true) {
      process.stdout.write(usage(name));
      return 0;
    }
    return await command.run(values);
  } catch (error) {
    if (error instanceof RollcallError) return complain(error.message);
    if (error instanceof TypeError && "code" in error) return complain(`${error.message.split(". ")[0]}; see rollcall ${name} --help`);
    throw error;
  }
}

function complain(message: string): number {
  process.stderr.write(`rollcall: ${message}\n`);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
