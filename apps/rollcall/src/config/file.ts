import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { refusalOf, RollcallError } from "@rollcall/contract";
import { parse } from "yaml";
import { notYaml } from "../one-line.ts";
import { checkConfig } from "./check.ts";
import type { Config, ListSource, Problem, ReadConfig, ServerRef } from "./config.ts";

/** Lists from a config file; paths in it are relative to where it lies. */
export function configFile(path: string): ListSource {
  const folder = dirname(path);
  return {
    async read() {
      const value = parsed(path, await read(path, "name a config that can be read with --config"));
      const said = (value as { providers?: { file?: unknown } } | null)?.providers?.file;
      if (typeof said !== "string" || said === "") return located(checkConfig(value), folder);
      try {
        const providerPath = resolve(folder, said);
        return located(checkConfig(value, parsed(providerPath, await read(providerPath, "name a file that can be read"))), folder);
      } catch (error) {
        // Without the logins nothing could be rendered, so nothing is begun.
        return { problems: [...checkConfig(value).problems, { path: "providers.file", message: refusalOf(error).message }] };
      }
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

async function read(path: string, todo: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as { code?: string };
    throw new RollcallError("BadConfig", `cannot read ${path} (${code ?? String(cause)}); ${todo}`, { retry: false, cause });
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 20, logLevel: "error" });
  } catch (cause) {
    throw new RollcallError("BadConfig", notYaml(path, cause), { retry: false, cause });
  }
}

/** The same server is the same path, wherever Rollcall was started. */
function located({ config, problems }: ReadConfig, folder: string): ReadConfig {
  if (config === undefined) return { problems };
  const server = <T extends ServerRef>(ref: T): T =>
    ref.kubeconfig === undefined ? ref : { ...ref, kubeconfig: resolve(folder, ref.kubeconfig) };
  const lists = config.lists.map((list) => ({ ...list, target: server(list.target) }));
  return { config: { ...config, inventory: server(config.inventory), lists } satisfies Config, problems };
}
