import type { Described, Placed } from "./answerable.ts";
import { nameNormalized } from "./name-normalized.ts";
import type { PluginRequest } from "./request.ts";
import { unended, type Shape } from "./shape.ts";
import { inOrder, labelsOf, nameOf, oneLine, serverOf, wordsOf, type Words } from "./words.ts";

/**
 * What a template of an ApplicationSet finds for one cluster: the keys of Argo CD's own cluster generator, and `rollcall` beside them.
 * The keys are the same for every cluster and every scalar is a text: a missing key fails a whole ApplicationSet, and a number or a null
 * is printed as nobody expects.
 */
export interface PluginParameters {
  readonly name: string;
  readonly nameNormalized: string;
  readonly server: string;
  readonly project: string;
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly rollcall: Words & Place;
  readonly values: Readonly<Record<string, string>>;
}

/** Where a decision has a cluster, and why; empty where no decision chose it. */
interface Place {
  readonly order: string;
  readonly reason: string;
}

/** The parameters of every member, in the order that was asked for. */
export function pluginParameters(
  members: readonly Described[],
  { sort = "decision", values = {} }: Partial<Pick<PluginRequest, "sort" | "values">> = {},
): readonly PluginParameters[] {
  return inOrder(members, sort).map((member) => {
    const { rollcall, ...own } = ownParameters(member);
    return { ...own, rollcall: { ...rollcall, ...placeOf(member) }, values };
  });
}

/** How Argo CD's plugin generator is answered. */
export const pluginShape: Shape<PluginRequest> = {
  member: (member) => unended(ownParameters(member), 2),
  add: ({ values }) => {
    const end = `,"values":${JSON.stringify(values)}}`;
    return (member) => `,${JSON.stringify(placeOf(member)).slice(1)}${end}`;
  },
  open: () => '{"output":{"parameters":[',
  close: "]}}",
};

function ownParameters(member: Described): Omit<PluginParameters, "rollcall" | "values"> & { readonly rollcall: Words } {
  const name = nameOf(member);
  return {
    name,
    nameNormalized: nameNormalized(name),
    server: serverOf(member),
    // Only what the operator wrote or allowed: a profile does not choose its project.
    project: member.plain["project"] ?? "",
    // Annotations of profiles are other tools' bookkeeping, at times whole objects.
    metadata: { labels: labelsOf(member.cluster), annotations: {} },
    rollcall: wordsOf(member.cluster),
  };
}

function placeOf({ order, reason = "" }: Placed): Place {
  return { order: order === undefined ? "" : String(order), reason: oneLine(reason) };
}
