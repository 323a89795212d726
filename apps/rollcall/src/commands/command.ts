import { RollcallError } from "@rollcall/contract";
import type { Config } from "../config/config.ts";
import { configFile, problemText } from "../config/file.ts";

type FlagValue = string | boolean | readonly (string | boolean)[] | undefined;

/** What was typed after a command, by flag. */
export type Flags = Readonly<Record<string, FlagValue>>;

/** Where a command speaks: what was asked for, and what is to be said about it. */
export interface Voice {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

export interface Command {
  /** One line for the overview. */
  readonly does: string;
  /** How it is called. */
  readonly usage: string;
  /** What it takes before its flags, in order; what need not be there stands in brackets. */
  readonly args?: readonly string[];
  /** Each flag, and what it is for. */
  readonly help: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<string, { readonly type: "string" | "boolean"; readonly short?: string; readonly multiple?: boolean }>>;
  /** Resolves to the exit code. */
  run(flags: Flags, voice: Voice, args: readonly string[]): Promise<number>;
}

/** A flag that must be there. */
export function required(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value === "string" && value !== "") return value;
  throw new RollcallError("BadFlag", `--${name} is needed; --help says what for`, { retry: false });
}

/** A config without a single problem, for commands that only look: half an answer would be taken for the whole. Where the last list is ended, none is left in it. */
export async function wholeConfig(path: string, { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean } = {}): Promise<Config> {
  const { config, problems } = await configFile(path).read();
  const hinders = problems.filter((problem) => !(mayBeEmpty && problem.path === "lists"));
  if (config === undefined || hinders.length > 0) throw new RollcallError("BadConfig", problemText(path, problems), { retry: false });
  return config;
}
