/** What a room may do. */
export interface Room {
  /** The rooms below it, by their short names. */
  readonly mayUse: readonly string[];
  /** No clock, network, environment or Node: it runs in a browser too. */
  readonly pure?: true;
}

const adapter: Room = { mayUse: ["contract"], pure: true };

const libraries: Readonly<Record<string, Room>> = {
  contract: { mayUse: [], pure: true },
  kube: { mayUse: ["contract"] },
  "memory-hub": { mayUse: ["contract"] },
  inventory: { mayUse: ["contract"], pure: true },
  answers: { mayUse: ["contract"], pure: true },
  connect: { mayUse: ["contract", "kube"] },
  sync: { mayUse: ["contract", "kube"] },
  argocd: adapter,
  kueue: adapter,
  istio: adapter,
  flux: adapter,
  kubevela: adapter,
  kubeconfig: adapter,
};

const every: readonly string[] = Object.keys(libraries);

/** The rooms and their arrows: a room uses only what lies below it. A new package starts with a line here. */
export const rooms: Readonly<Record<string, Room>> = {
  ...libraries,
  testing: { mayUse: every },
  rollcall: { mayUse: every },
  e2e: { mayUse: [...every, "testing", "rollcall"] },
};

const scope = "@rollcall/";

/** The short name of one of our packages, or undefined for anybody else's. */
export function roomOf(name: string): string | undefined {
  return name.startsWith(scope) ? name.slice(scope.length) : undefined;
}

/** What is wrong with a package's place in the table, if anything. */
export function placeProblems(name: string): readonly string[] {
  const room = roomOf(name);
  if (room === undefined) return [`${name} is named outside ${scope}; rename it`];
  if (rooms[room] !== undefined) return [];
  return [`${name} has no place yet; add "${room}" to packages/testing/house/rooms.ts with the rooms below it that it may use`];
}

/** Why one of our packages may not be used by another, or undefined when it may. */
export function arrowProblem(from: string, to: string): string | undefined {
  const [user, used] = [roomOf(from), roomOf(to)];
  if (user === undefined || used === undefined || user === used) return undefined;
  const mayUse = rooms[user]?.mayUse ?? [];
  if (mayUse.includes(used)) return undefined;
  const below = mayUse.length === 0 ? "nothing" : mayUse.join(", ");
  return `${from} uses ${to}, which does not lie below it (below it: ${below}); hand the value in from the app, or move the word to contract`;
}
