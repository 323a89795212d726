import { got, type Problem } from "./expect.ts";
import { pluginRules } from "./exec/read-setting.ts";
import type { Provider } from "./provider.ts";
import { inlineProblems, problemsBetween, settingPath } from "./read-between.ts";
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
  /** There is a file that could not be read, and nobody knows which providers it has. */
  readonly isFileUnread?: boolean;
}): { readonly providers: readonly Provider[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const providers = new Map<string, Provider>();
  for (const { path, entry, isOurs } of [...ofFile(input.file, problems), ...ofList("inline", input.inline, problems)]) {
    const found: Problem[] = [];
    const read = readEntry(entry, path, found);
    if (read !== undefined && found.length === 0 && isOurs) found.push(...inlineProblems(path, entry, read, providers));
    problems.push(...found);
    const provider = found.length === 0 ? read : withoutLogin(entry);
    if (provider !== undefined && !providers.has(provider.name)) providers.set(provider.name, provider);
  }
  // What an entry with a problem was meant to be is not guessed at.
  const isWhole = problems.length === 0 && input.isFileUnread !== true;
  const said = new Set<string>();
  const unread = new Set<string>();
  for (const [name, setting] of Object.entries(input.settings ?? {})) {
    const found: Problem[] = [];
    const read = readSetting(setting, settingPath(name), found);
    problems.push(...found);
    const isRead = read !== undefined && found.length === 0;
    (isRead ? said : unread).add(name);
    providers.set(name, isRead ? withSetting({ ...providers.get(name), name }, read) : { name });
  }
  problems.push(...problemsBetween({ providers, said, unread, isWhole }));
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
  /** Of our own config, which nobody else reads. */
  readonly isOurs: boolean;
}

function ofList(path: string, list: unknown, problems: Problem[]): readonly Place[] {
  if (list === undefined) return [];
  if (Array.isArray(list)) return list.map((entry: unknown, at) => ({ path: `${path}[${at}]`, entry, isOurs: path === "inline" }));
  problems.push({ path, message: `expected a list of providers, got ${got(list)}` });
  return [];
}

function withoutLogin(entry: unknown): Provider | undefined {
  const name = typeof entry === "object" && entry !== null && "name" in entry ? entry.name : undefined;
  return typeof name === "string" && name !== "" ? { name } : undefined;
}
