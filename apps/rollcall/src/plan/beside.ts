import type { Paint } from "../colour.ts";
import type { Inventoried } from "../first-contact.ts";
import { oneLine } from "../one-line.ts";
import type { OtherHub } from "../other-hub.ts";

/** How much there is to choose from, and where there is nothing. */
export function inventoryText({ profiles, unselected, empty, decisions }: Inventoried, paint: Paint): readonly string[] {
  const found = profiles === 1 ? "1 profile was found" : `${profiles} profiles were found`;
  const all = profiles === 1 ? "it" : "any";
  const none = unselected === 0 ? "" : `, and no list here selects ${unselected < profiles ? `${unselected} of them` : all}`;
  return [
    ...empty.map((namespace) => paint("yellow", `inventory: nothing was found in namespace ${namespace}; is that where the profiles are?`)),
    ...(decisions?.unknown ?? []).map(({ list, message }) =>
      paint("yellow", oneLine(`${list}: whom its placement chooses is not known: ${message}`)),
    ),
    paint("dim", `${found}${none}`),
    ...(decisions === undefined
      ? []
      : [paint("dim", decisions.found === 1 ? "1 decision was found" : `${decisions.found} decisions were found`)]),
  ];
}

/** What a yes to another hub would mean, so that nobody says it blindly. */
export function otherHubText({ same, differ, absent, deselected, unproven, newcomers }: OtherHub): readonly string[] {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [same, "the same cluster, as far as can be proven"],
    [differ, "another cluster by the same name: the old one would leave, then that one joins"],
    [absent, "without a profile there: after a yes, unregistered"],
    [deselected, "not chosen there: after a yes, deselected"],
    [unproven, "cannot be told"],
  ];
  const sorts = rows.flatMap(([ids, is]) => (ids.length === 0 ? [] : [oneLine(`  ${ids.length} ${is}: ${named(ids)}`)]));
  return [...sorts, ...(newcomers === 0 ? [] : [`  ${newcomers} would be new`])];
}

/** A list of hundreds would not be read. */
function named(ids: readonly string[]): string {
  const more = ids.length > 10 ? ` and ${ids.length - 10} more` : "";
  return `${ids.slice(0, 10).join(", ")}${more}`;
}
