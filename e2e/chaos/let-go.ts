import type { Audited } from "./audit.ts";
import type { LetGo } from "./model.ts";

/** What the roll said from a moment on. */
export interface RollChange {
  readonly at: number;
  /** Rollcall wrote it, and no person. */
  readonly isOwn: boolean;
  /** Who is past the first harmful step. */
  readonly leaving: ReadonlySet<string>;
  readonly acked: ReadonlySet<string>;
  readonly members: number;
  /** When the guard's window began, as Rollcall says. */
  readonly window: number;
}

interface RollText {
  readonly leaving?: readonly {
    readonly way: string;
    readonly step: number;
    readonly does?: string;
    readonly clusters: readonly string[];
  }[];
  readonly acked?: readonly string[];
  readonly window?: { readonly members: number; readonly since: string };
}

/** Every state of the roll, and who was let go by it: a step that harms is written down before it is taken. */
export function letGoOf({
  audit,
  user,
  state,
  roll,
}: {
  readonly audit: readonly Audited[];
  readonly user: string;
  readonly state: string;
  readonly roll: string;
}): { readonly letGo: readonly LetGo[]; readonly rolls: readonly RollChange[] } {
  const writes = audit.filter(
    ({ resource, namespace, name, verb, code }) =>
      resource === "configmaps" && namespace === state && name === roll && ["create", "patch", "delete"].includes(verb) && code < 300,
  );
  let text: string | undefined;
  const rolls = writes.map((write) => {
    // Of a change the answer may be no more than the metadata; what it did not say stays.
    text = write.verb === "delete" ? undefined : (write.sent?.data?.["roll"] ?? text);
    return rollChange(write, text, write.user === user);
  });
  const letGo = rolls.flatMap(({ isOwn, leaving, acked, members, window }, index) => {
    const before = rolls[index - 1];
    const fresh = isOwn ? [...leaving].filter((id) => !before?.leaving.has(id)) : [];
    return fresh.map((cluster) => ({ at: window, cluster, isAcked: acked.has(cluster) || before?.acked.has(cluster) === true, members }));
  });
  return { letGo, rolls };
}

function rollChange({ answeredAt }: Audited, text: string | undefined, isOwn: boolean): RollChange {
  const { leaving = [], acked = [], window } = textOf(text);
  const past = leaving.filter(({ step, does }) => step > 0 || does !== undefined);
  return {
    at: answeredAt,
    isOwn,
    leaving: new Set(past.flatMap(({ clusters }) => clusters)),
    acked: new Set(acked),
    members: window?.members ?? 0,
    window: window === undefined ? answeredAt : Date.parse(window.since),
  };
}

/** What a person spoilt says nothing. */
function textOf(text: string | undefined): RollText {
  try {
    return JSON.parse(text ?? "{}") as RollText;
  } catch {
    return {};
  }
}
