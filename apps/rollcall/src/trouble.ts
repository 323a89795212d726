import type { Planned } from "@rollcall/sync";
import { howLong } from "./ago.ts";
import type { Config, ListConfig } from "./config/config.ts";
import type { Rollcall } from "./rollcall.ts";

/** What went wrong while somebody looked. */
export interface Complaint {
  readonly list?: unknown;
  readonly kind?: unknown;
  readonly what: string;
  readonly why: string;
}

/** Why not everything that the hub has is known: of somebody who is not there, nobody could say that they are gone. */
export function hubProblem(
  { hub }: Pick<Rollcall, "hub">,
  { inventory, lists }: Config,
  complaints: readonly Complaint[],
): string | undefined {
  const heard = complaints.findLast(({ what, kind }) => what === "the hub cannot be identified" || kind === "ClusterProfile")?.why;
  for (const list of lists)
    for (const namespace of inventory.namespaces) {
      const said = hub.inventory(list).choose(`${namespace}/-`);
      if (said.is === "unknown") return said.why.reason === "HubFilling" ? (heard ?? said.why.message) : said.why.message;
    }
  return undefined;
}

/** Why nobody knows which hub this is, where all else of it could be read: then nothing is concluded from it either. */
export function identityProblem(found: readonly Planned[], complaints: readonly Complaint[]): string | undefined {
  const why = found.find(({ membership }) => membership.verdict?.reason === "HubUnknown")?.membership.verdict?.message;
  return why && (complaints.findLast(({ what }) => what === "the hub cannot be identified")?.why ?? why);
}

/** Whether something is said because nobody can tell what the hub says. */
export function isAboutHub(reason: string): boolean {
  return ["HubUnknown", "HubFilling", "HubUnreachable", "HubChanged", "HubWentBack", "DecisionsUnread"].includes(reason);
}

/** Why nothing can be said of a list. */
export function whyUnseen({ name, consumer, options }: ListConfig, complaints: readonly Complaint[], timeout: number): string {
  const kinds = new Set(["ConfigMap", ...consumer.adapter.writes(options).map(({ kind }) => kind)]);
  const concerns = ({ list, kind, what }: Complaint): boolean =>
    list === undefined
      ? kinds.has(String(kind)) || what === "the target cannot be opened" || what === "the roll cannot be read"
      : list === name;
  return complaints.findLast(concerns)?.why ?? `it did not answer within ${howLong(timeout)}`;
}
