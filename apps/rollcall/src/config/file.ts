import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { refusalOf, RollcallError } from "@rollcall/contract";
import { parse } from "yaml";
import { notYaml } from "../one-line.ts";
import { checkConfig } from "./check.ts";
import type { Config, ListSource, Problem, ReadConfig, ServerRef } from "./config.ts";
import { servedFrom } from "./serve.ts";

/** Lists from a config file; paths in it are relative to where it lies. */
export function configFile(path: string): ListSource {
  const folder = dirname(path);
  /** What each file held when it was read last. */
  let seen = new Map<string, string>();

  async function read(file: string, todo: string): Promise<unknown> {
    try {
      const text = await readFile(file, "utf8");
      seen.set(file, text);
      return parsed(file, text);
    } catch (cause) {
      if (cause instanceof RollcallError) throw cause;
      seen.set(file, unreadable(cause));
      throw new RollcallError("BadConfig", `cannot read ${file} (${unreadable(cause)}); ${todo}`, { retry: false, cause });
    }
  }

  return {
    async read() {
      seen = new Map();
      const value = await read(path, "name a config that can be read with --config");
      const said = (value as { providers?: { file?: unknown } } | null)?.providers?.file;
      if (typeof said !== "string" || said === "") return located(checkConfig(value), folder);
      try {
        return located(checkConfig(value, await read(resolve(folder, said), "name a file that can be read")), folder);
      } catch (error) {
        // Without the logins nothing could be rendered, so nothing is begun.
        const { problems, leftOut } = checkConfig(value);
        return { problems: [...problems, { path: "providers.file", message: refusalOf(error).message }], leftOut };
      }
    },
    // Where a ConfigMap is mounted, links are changed and no file is: what a file holds is all that can be trusted.
    async news() {
      const now = await Promise.all([...seen.keys()].map(async (file) => [file, await readFile(file, "utf8").catch(unreadable)] as const));
      return now.every(([file, text]) => seen.get(file) === text) ? undefined : JSON.stringify(now);
    },
  };
}

/** All problems of a config in one message, each with its path. */
export function problemText(path: string, problems: readonly Problem[]): string {
  const width = Math.max(...problems.map((problem) => problem.path.length));
  // An expression is shown with the place below it: its lines stay below each other.
  const below = `\n${" ".repeat(width + 4)}`;
  const lines = problems.map(({ path: at, message }) => `  ${at.padEnd(width)}  ${message.replaceAll("\n", below)}`);
  return [`${path} has ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`, ...lines].join("\n");
}

/** Why a file cannot be read, in a word. */
function unreadable(cause: unknown): string {
  return (cause as { code?: string }).code ?? String(cause);
}

function parsed(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20, logLevel: "error" });
  } catch (cause) {
    throw new RollcallError("BadConfig", notYaml(path, cause), { retry: false, cause });
  }
}

/** The same server is the same path, wherever Rollcall was started. */
function located({ config, ...found }: ReadConfig, folder: string): ReadConfig {
  if (config === undefined) return found;
  const server = <T extends ServerRef>(ref: T): T =>
    ref.kubeconfig === undefined ? ref : { ...ref, kubeconfig: resolve(folder, ref.kubeconfig) };
  const lists = config.lists.map((list) => ({ ...list, target: server(list.target) }));
  const serve = config.serve && servedFrom(folder, config.serve);
  return { config: { ...config, inventory: server(config.inventory), ...(serve && { serve }), lists } satisfies Config, ...found };
}
