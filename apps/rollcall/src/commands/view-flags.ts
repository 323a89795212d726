import { RollcallError } from "@rollcall/contract";
import type { Config } from "../config/config.ts";
import { duration } from "../config/duration.ts";
import type { Command, Flags } from "./command.ts";

/** The flags of commands that look at everything and write nothing. */
export const viewFlags: Command["flags"] = {
  config: { type: "string", short: "c" },
  list: { type: "string", multiple: true },
  output: { type: "string", short: "o" },
  timeout: { type: "string" },
  color: { type: "boolean" },
  "no-color": { type: "boolean" },
};

export function viewHelp(timeout: string): Command["help"] {
  return {
    "--config FILE": "the config",
    "--list NAME": "only this list; again for more",
    "--output text|json": "text if not said",
    "--timeout DURATION": `how long to wait for the hub and for targets; ${timeout} if not said`,
    "--color, --no-color": "colours even where nobody looks, or none; else a terminal has them, unless NO_COLOR is set",
  };
}

/** The config with those lists alone that were asked for. */
export function listsNamed(flags: Flags, config: Config): Config {
  const wanted = Array.isArray(flags["list"]) ? flags["list"].map(String) : [];
  const unknown = wanted.find((name) => config.lists.every((list) => list.name !== name));
  if (unknown !== undefined) throw bad(`there is no list "${unknown}"; there are ${config.lists.map(({ name }) => name).join(", ")}`);
  return wanted.length === 0 ? config : { ...config, lists: config.lists.filter(({ name }) => wanted.includes(name)) };
}

export function isJson({ output = "text" }: Flags): boolean {
  if (output !== "text" && output !== "json") throw bad(`--output is text or json, got ${JSON.stringify(output)}`);
  return output === "json";
}

/** In milliseconds. */
export function timeoutOf({ timeout }: Flags, fallback: number): number {
  if (timeout === undefined) return fallback;
  const { data, error } = duration({ least: 1 }).safeParse(timeout);
  if (error !== undefined) throw bad(`--timeout: ${error.issues[0]!.message}`);
  return data * 1000;
}

function bad(message: string): RollcallError {
  return new RollcallError("BadFlag", message, { retry: false });
}
