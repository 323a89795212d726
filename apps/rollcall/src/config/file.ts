import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { RollcallError } from "@rollcall/contract";
import { parse } from "yaml";
import { checkConfig } from "./check.ts";
import type { ListSource, Problem } from "./config.ts";

/** Lists from a config file; paths in it are relative to where it lies. */
export function configFile(path: string): ListSource {
  return {
    async read() {
      const text = await read(path, "name a config that exists with --config");
      const value = parsed(path, text);
      const providers = (value as { providers?: { file?: unknown } } | null)?.providers?.file;
      if (typeof providers !== "string") return checkConfig(value);
      const providerPath = isAbsolute(providers) ? providers : join(dirname(path), providers);
      return checkConfig(value, parsed(providerPath, await read(providerPath, "mend providers.file in the config")));
    },
  };
}

/** All problems of a config in one message, each with its path. */
export function problemText(path: string, problems: readonly Problem[]): string {
  const width = Math.max(...problems.map((problem) => problem.path.length));
  const lines = problems.map((problem) => `  ${problem.path.padEnd(width)}  ${problem.message}`);
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
    return parse(text, { maxAliasCount: 20 });
  } catch (cause) {
    throw new RollcallError("BadConfig", `${path} is not YAML: ${(cause as Error).message}`, { retry: false, cause });
  }
}
