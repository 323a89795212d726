import type { Answerable, PlacementName, Question, Silent } from "@rollcall/answers";

/** What a token may ask for; everything, where nothing is said. */
export interface Scope {
  readonly lists?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  /** As a query names them: a key, or `namespace/name` of one object. */
  readonly placements?: readonly string[] | undefined;
}

/** The lists that a token may know of. */
export function listsWithin({ lists: scoped }: Scope, lists: readonly string[]): readonly string[] {
  return scoped === undefined ? lists : lists.filter((list) => scoped.includes(list));
}

/** The question as this token may ask it, or what it is told. Whatever is beyond its scope is as if it did not exist. */
export function askedWithin<Asked extends Question>(asked: Asked, scope: Scope, lists: readonly string[]): Asked | Silent {
  const visible = listsWithin(scope, lists);
  if (!visible.includes(asked.list)) return { is: "no list", lists: visible };
  const { namespaces, placements } = scope;
  if (namespaces === undefined && placements === undefined) return asked;
  if (asked.placement === undefined) return { is: "no placement", why: "this token may ask for placements, and not for a whole list" };
  const placement = inItsNamespace(asked.placement, namespaces);
  const { namespace } = placement;
  if (namespaces !== undefined && namespace === undefined)
    return { is: "ambiguous", why: `this token may ask in the namespaces ${namespaces.join(", ")}` };
  const isWithin = (namespaces?.includes(namespace!) ?? true) && (placements?.includes(asText(placement)) ?? true);
  return isWithin ? { ...asked, placement } : unknown;
}

/** What the list says, as this token may hear it: what does not exist and what is beyond its scope cannot be told apart. */
export function heardWithin(said: Answerable, { lists, namespaces, placements }: Scope): Answerable {
  const isScoped = lists !== undefined || namespaces !== undefined || placements !== undefined;
  return said.is === "no placement" && isScoped ? unknown : said;
}

const unknown: Silent = { is: "no placement", why: "there is no such decision, or this token may not ask for it" };

/** Of one namespace there is no need to say it. */
function inItsNamespace(placement: PlacementName, namespaces: readonly string[] | undefined): PlacementName {
  const [only, ...others] = namespaces ?? [];
  return placement.namespace !== undefined || only === undefined || others.length > 0 ? placement : { ...placement, namespace: only };
}

function asText(placement: PlacementName): string {
  return "key" in placement ? placement.key : `${placement.namespace}/${placement.name}`;
}
