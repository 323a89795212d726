import { objectName, refusal, type Health, type Refusal } from "@rollcall/contract";
import type { Described } from "./answerable.ts";
import { subjectOf, type Asked, type FluxRequest } from "./request.ts";
import type { Shape } from "./shape.ts";
import { inOrder, labelsOf, serverOf, wordsOf } from "./words.ts";

/** What a template of a ResourceSet finds for one cluster: the same keys for all, since a missing one fails the whole ResourceSet. */
export interface FluxInput {
  /** `namespace.name` of the profile: the same for ever, and fit for names of objects. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly displayName: string;
  readonly manager: string;
  readonly server: string;
  readonly version: string;
  readonly health: Health;
  readonly labels: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
}

/** The inputs, and what there is to know about how many they are. */
export interface FluxInputs {
  readonly inputs: readonly FluxInput[];
  readonly notice?: string;
}

/** flux-operator throws a longer answer away. */
const mostBytes = 900 * 1024;
/** So many inputs flux-operator keeps when nobody has set another limit. */
const usuallyKept = 100;

/** The inputs of every member by name, or why flux-operator could not take them. What a decision says of order is left out: a new order alone would run every ResourceSet again. */
export function fluxInputs(members: readonly Described[], { sort = "name", ...asked }: Asked<FluxRequest>): FluxInputs | Refusal {
  const inputs = inOrder(members, sort).map(fluxInput);
  const notice = fluxNotice(inputs.length);
  return fluxLimit(asked, JSON.stringify({ inputs })) ?? { inputs, ...(notice && { notice }) };
}

/** How flux-operator is answered. */
export const fluxShape: Shape<FluxRequest> = {
  member: (member) => JSON.stringify(fluxInput(member)),
  add: () => () => "",
  open: () => '{"inputs":[',
  close: "]}",
};

/** Why flux-operator would not take this text, if it would not. */
export function fluxLimit(question: Parameters<typeof subjectOf>[0], text: string): Refusal | undefined {
  // Nothing in UTF-8 is longer than three bytes for one of our characters: most texts need not be counted.
  if (text.length * 3 <= mostBytes) return undefined;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= mostBytes) return undefined;
  return refusal(
    "TooLarge",
    `${subjectOf(question)} makes ${bytes} bytes of inputs and flux-operator takes ${mostBytes}; ask for a placement that is smaller, or split the list in the config`,
  );
}

/** What somebody has to know who gets so many. */
export function fluxNotice(count: number): string | undefined {
  if (count <= usuallyKept) return undefined;
  return `${count} inputs; flux-operator keeps the first ${usuallyKept} unless the ResourceSetInputProvider sets spec.filter.limit`;
}

function fluxInput(member: Described): FluxInput {
  const { cluster } = member;
  const { namespace, name, displayName, manager, version, health, properties } = wordsOf(cluster);
  const server = serverOf(member);
  return { id: objectName(cluster), name, namespace, displayName, manager, server, version, health, labels: labelsOf(cluster), properties };
}
