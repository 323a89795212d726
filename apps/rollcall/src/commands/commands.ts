import { ack } from "./ack.ts";
import type { Command } from "./command.ts";
import { demo } from "./demo.ts";
import { detach } from "./detach.ts";
import { exclude } from "./exclude.ts";
import { hold } from "./hold.ts";
import { pause } from "./pause.ts";
import { plan } from "./plan.ts";
import { rbac } from "./rbac.ts";
import { render } from "./render.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";
import { sync } from "./sync.ts";

/** Everything that can be typed after `rollcall`. */
export const commands: Readonly<Record<string, Command>> = {
  sync,
  serve,
  plan,
  status,
  render,
  rbac,
  ack,
  hold,
  exclude,
  pause,
  detach,
  demo,
};

/** The command of that name, if there is one. */
export function commandNamed(name: string): Command | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}

/** How to call Rollcall, or one of its commands. */
export function usage(name?: string): string {
  const command = name === undefined ? undefined : commandNamed(name);
  if (command !== undefined) {
    const help = Object.entries({ ...command.help, "--help": "say this" });
    const width = Math.max(...help.map(([flag]) => flag.length));
    const flags = help.map(([flag, what]) => `  ${flag.padEnd(width)}  ${what}`);
    return [`${command.does}\n`, `usage: ${command.usage}`, ...flags, ""].join("\n");
  }
  const lines = Object.entries(commands).map(([each, { does }]) => `  ${each.padEnd(8)}${does}`);
  return [
    "Rollcall: one inventory, every list.\n",
    "usage: rollcall COMMAND [FLAGS]",
    ...lines,
    "",
    "rollcall COMMAND --help says more.",
    "",
  ].join("\n");
}
