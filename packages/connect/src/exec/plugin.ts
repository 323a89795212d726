import { isRefusal, type Refusal, refusal } from "@rollcall/contract";
import type { FindCommand } from "./command.ts";
import { type Given, readAnswer } from "./protocol.ts";
import { complaint } from "./redact.ts";
import { type Limits, run, usualDeadline } from "./run.ts";

/** A plugin as it is called once. */
export interface Plugin {
  /** How messages name it. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly installHint?: string | undefined;
  /** What it may know from elsewhere and nobody is to read in a message. */
  readonly secrets?: readonly string[] | undefined;
}

export interface PluginLimits extends Limits {
  readonly find: FindCommand;
  /** Milliseconds; a credential that claims to last longer is believed to last so long. */
  readonly longestLife?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

// Everybody knows what these hold, and a complaint without them says nothing.
const openNames: ReadonlySet<string> = new Set(["PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "LANG", "TERM", "HOSTNAME"]);

/** Calls a plugin once, and reads what it gave. */
export async function callPlugin(
  plugin: Plugin,
  { find, deadline = usualDeadline, signal, longestLife, now }: PluginLimits,
): Promise<Given | Refusal> {
  const { what, command, args, env, apiVersion } = plugin;
  const seconds = deadline / 1000;
  const file = find(command);
  if (file === undefined) return notFound(plugin, "is not there, or is no program");
  const ran = await run({ file, args, env }, { deadline, signal });
  switch (ran.is) {
    case "not started":
      return notFound(plugin, `could not be started (${ran.code})`);
    case "given up":
      return refusal("PluginGivenUp", `${what} was ended before it answered, because nobody waits for it any more`);
    case "too slow":
      return refusal(
        "PluginTimeout",
        `${what} did not end within ${seconds} s and was ended; ${said(ran, plugin)}; see what it waits for${hint(plugin)}`,
      );
    case "too loud":
      return refusal("PluginTooLoud", `${what} printed more than 1 MiB and was ended; a credential is small, so see what it prints there`);
    case "failed":
      return refusal("PluginFailed", `${what} ${ran.how}; ${said(ran, plugin)}${hint(plugin)}`);
    case "done": {
      const given = readAnswer(ran.stdout, { apiVersion, now: now(), longestLife });
      if (!isRefusal(given)) return given;
      const todo = given.reason === "PluginAnswer" ? `; have it print one ExecCredential of ${apiVersion} and nothing else` : "";
      return refusal(
        given.reason,
        `${what} gave an answer that cannot be used: ${given.message}; ${said(ran, plugin)}${todo}${hint(plugin)}`,
      );
    }
  }
}

function notFound(plugin: Plugin, why: string): Refusal {
  const where = plugin.command.startsWith("/") ? "" : "; name it by its whole path, or put it into a folder of the path for plugins";
  return refusal("CommandNotFound", `${plugin.what} ${why}${where}${hint(plugin)}`);
}

type Spoken = { readonly stdout: string; readonly stderr: string };

/** What it complained about, without anything that it was given. */
function said({ stdout, stderr }: Spoken, { args, env, secrets = [] }: Plugin): string {
  const { KUBERNETES_EXEC_INFO: cluster = "", ...given } = env;
  const variables = Object.entries(given).flatMap(([name, value]) => (openNames.has(name) ? [] : [value]));
  // Of which cluster it complains is best said.
  return complaint(stderr, [...variables, ...args.flatMap(valuesIn), ...secrets], stdout, [cluster]);
}

/** Of an argument all but the name of a flag. */
function valuesIn(arg: string): readonly string[] {
  if (!arg.startsWith("-")) return [arg];
  const [, value] = /^[^=]+=(.*)$/s.exec(arg) ?? [];
  // One letter may have its value right behind it.
  return value === undefined && !arg.startsWith("--") ? [arg.slice(2)] : [value ?? ""];
}

function hint({ installHint = "" }: Plugin): string {
  return installHint.trim() === "" ? "" : `; ${installHint.trim()}`;
}
