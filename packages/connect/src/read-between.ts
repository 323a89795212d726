import { canonicalJson } from "@rollcall/contract";
import { got, type Problem } from "./expect.ts";
import type { Provider } from "./provider.ts";

/** All providers as they were read. */
interface Read {
  readonly providers: ReadonlyMap<string, Provider>;
  /** The names of those with a setting. */
  readonly said: ReadonlySet<string>;
  /** The names of those with a setting that could not be read. */
  readonly unread: ReadonlySet<string>;
  /** All entries were read, so what is not here is nowhere. */
  readonly isWhole: boolean;
}

/** Where a setting stands. */
export function settingPath(name: string): string {
  return `settings[${JSON.stringify(name)}]`;
}

/** What only shows when all providers are known: a setting that by itself is fine, and by which nobody could ever log in. */
export function problemsBetween(read: Read): readonly Problem[] {
  return [...read.said].flatMap((name) => {
    const provider = read.providers.get(name)!;
    const path = settingPath(name);
    const { credential } = provider;
    if (credential?.kind === "token-request") return wrongLogin(name, credential.with, `${path}.with`, read);
    if (credential?.kind === "hub-token") return missingHosts(provider, path);
    return credential?.kind === "exec" ? [...missingEntry(provider, path, read), ...missingHosts(provider, path)] : [];
  });
}

function missingEntry({ name, execConfig }: Provider, path: string, { isWhole }: Read): readonly Problem[] {
  if (execConfig !== undefined || !isWhole) return [];
  const message = `expected an entry ${got(name)} with an execConfig, which says what to run, in the provider file or under inline; got none`;
  return [{ path: `${path}.kind`, message }];
}

function missingHosts({ hosts = [] }: Provider, path: string): readonly Problem[] {
  if (hosts.length > 0) return [];
  const message = 'expected where its credentials may be sent, such as ["api.example.com"], got nothing; without it they go nowhere';
  return [{ path: `${path}.hosts`, message }];
}

function wrongLogin(name: string, other: string, path: string, read: Read): readonly Problem[] {
  const why = whyNoLogin(name, other, read);
  if (why !== undefined) return [{ path, message: `${why}; name one that has a credential of its own` }];
  if (!read.isWhole || isBefore(name, other, read.providers)) return [];
  // Whoever asks for tokens means to keep the other credential to himself, and the first that a profile offers is handed over.
  const message = `${got(other)} comes before this one, so a profile that offers both would be logged in to with it alone; put this one first, in a provider file by an entry of its name`;
  return [{ path, message }];
}

function isBefore(name: string, other: string, providers: Read["providers"]): boolean {
  for (const each of providers.keys()) if (each === name || each === other) return each === name;
  return false;
}

function whyNoLogin(name: string, other: string, { providers, unread, isWhole }: Read): string | undefined {
  const named = got(other);
  if (other === name) return "names the provider itself, which has nothing to log in with";
  if (unread.has(other)) return undefined;
  const provider = providers.get(other);
  if (provider === undefined) return isWhole ? `${named} is not configured` : undefined;
  const { credential, execConfig, hosts = [] } = provider;
  if (credential?.kind === "token-request") return `${named} asks for a token itself`;
  if (credential?.kind === "reference") return `${named} is for consumers that log in by themselves`;
  if (credential === undefined && execConfig === undefined) return isWhole ? `${named} makes no credential` : undefined;
  if (credential === undefined && hosts.length === 0)
    return `${named} has no hosts under settings, so what its plugin gives may go nowhere`;
  return undefined;
}

/** Who would look for them elsewhere: what stands in an entry without a meaning, and an entry that is never used. */
export function inlineProblems(
  path: string,
  entry: unknown,
  provider: Provider,
  before: ReadonlyMap<string, Provider>,
): readonly Problem[] {
  const misplaced = ["kind", "hosts"].filter((key) => Object.hasOwn(entry as object, key));
  const first = before.get(provider.name);
  const isOther = first !== undefined && canonicalJson(first) !== canonicalJson(provider);
  return [
    ...misplaced.map((key) => ({ path: `${path}.${key}`, message: `is not known here; say it in ${settingPath(provider.name)}` })),
    ...(isOther
      ? [
          {
            path: `${path}.name`,
            message: `expected a name of its own, got ${got(provider.name)}, of which an entry before this one says something else; take one of them out`,
          },
        ]
      : []),
  ];
}
