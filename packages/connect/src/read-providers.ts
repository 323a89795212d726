import { got, type Problem } from "./expect.ts";
import { pluginRules } from "./exec/read-setting.ts";
import type { Provider } from "./provider.ts";
import { readEntry } from "./read-entry.ts";
import { readSetting, type Setting } from "./read-setting.ts";

/**
 * Reads a KEP-4322 provider file (already JSON-parsed), entries written inline and our settings beside them; all problems at once.
 * The order is the consumer's: file, inline, then settings for names that are in neither; the first entry of a name counts.
 * An entry with a problem keeps its place without a login, so that no later provider takes over in silence.
 */
export function readProviders(input: {
  readonly file?: unknown;
  readonly inline?: unknown;
  readonly settings?: Readonly<Record<string, unknown>>;
}): { readonly providers: readonly Provider[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const providers = new Map<string, Provider>();
  for (const { path, entry } of [...ofFile(input.file, problems), ...ofList("inline", input.inline, problems)]) {
    const provider = checked(problems, (found) => readEntry(entry, path, found), withoutLogin(entry));
    if (provider !== undefined && !providers.has(provider.name)) providers.set(provider.name, provider);
  }
  for (const [name, setting] of Object.entries(input.settings ?? {})) {
    const said = checked(problems, (found) => readSetting(setting, `settings[${JSON.stringify(name)}]`, found), undefined);
    providers.set(name, said === undefined ? { name } : withSetting({ ...providers.get(name), name }, said));
  }
  return { providers: [...providers.values()], problems };
}

function withSetting(provider: Provider, { credential, ...said }: Setting): Provider {
  if (credential === undefined) return { ...provider, ...said };
  return {
    ...provider,
    ...said,
    credential: credential.kind === "exec" ? { kind: "exec", ...pluginRules(provider, credential) } : credential,
  };
}

function ofFile(file: unknown, problems: Problem[]): readonly Place[] {
  if (file === undefined) return [];
  if (typeof file === "object" && file !== null && "providers" in file) return ofList("file.providers", file.providers ?? null, problems);
  problems.push({ path: "file.providers", message: "expected a list of providers, got none" });
  return [];
}

interface Place {
  readonly path: string;
  readonly entry: unknown;
}

function ofList(path: string, list: unknown, problems: Problem[]): readonly Place[] {
  if (list === undefined) return [];
  if (Array.isArray(list)) return list.map((entry: unknown, at) => ({ path: `${path}[${at}]`, entry }));
  problems.push({ path, message: `expected a list of providers, got ${got(list)}` });
  return [];
}

/** What was read, or the fallback when that brought problems to light. */
function checked<T>(problems: Problem[], read: (found: Problem[]) => T | undefined, fallback: T | undefined): T | undefined {
  const found: Problem[] = [];
  const value = read(found);
  problems.push(...found);
  return found.length === 0 ? value : fallback;
}

function withoutLogin(entry: unknown): Provider | undefined {
  const name = typeof entry === "object" && entry !== null && "name" in entry ? entry.name : undefined;
  return typeof name === "string" && name !== "" ? { name } : undefined;
}
