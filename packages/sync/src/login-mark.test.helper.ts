import { Hidden, type Cluster, type Handed, type Login, type Reachable, type Refusal } from "@rollcall/contract";

/** What is said of each token that is made here. */
export const words: Handed = {
  provider: "fleet",
  by: "profile and provider",
  from: "2026-11-21T10:00:00.000Z",
  until: "2026-11-21T11:00:00.000Z",
};

/** Logins as a keeper gives them. */
export interface Logins {
  readonly connect: (cluster: Cluster, login: Login, handed?: Handed) => Promise<Reachable | Refusal>;
  /** Tokens that were made. */
  readonly made: string[];
  /** What is said of what was handed over. */
  readonly asked: (Handed | undefined)[];
}

/** As a keeper does: what it is reminded of is assumed, unless it says otherwise; else a new token is made. */
export function logins(prefix: string, assumes = true): Logins {
  const [made, asked] = [[] as string[], [] as (Handed | undefined)[]];
  return {
    made,
    asked,
    connect(given, _, handed) {
      asked.push(handed);
      const endpoint = { server: `https://${given.name}.example.test` };
      const isAssumed = assumes && handed?.by === words.by && handed.until !== undefined;
      if (isAssumed)
        return Promise.resolve({ ...given, connection: { ...endpoint, login: { kind: "credential", provider: "fleet", assumed: true } } });
      made.push(`${prefix}-${made.length}`);
      const login = { kind: "credential", provider: "fleet", token: new Hidden(made.at(-1)!) } as const;
      return Promise.resolve({ ...given, connection: { ...endpoint, login }, handed: words });
    },
  };
}
