import type { Connect } from "@rollcall/connect";
import { annotations, endpointHash, isRefusal, type ClusterId } from "@rollcall/contract";
import { anchorOf, type Inventory, type Planned, type Standing } from "@rollcall/sync";
import type { ListConfig } from "./config/config.ts";

/** What a list would come to by a hub that is not believed yet: what a person says yes to who believes it. */
export interface OtherHub {
  /** Members that prove to be the same clusters. */
  readonly same: readonly ClusterId[];
  /** Another cluster bears the name now: the member would leave before that one joins. */
  readonly differ: readonly ClusterId[];
  /** Without a profile there. */
  readonly absent: readonly ClusterId[];
  /** With a profile that the list does not choose. */
  readonly deselected: readonly ClusterId[];
  /** Of whom it cannot be told. */
  readonly unproven: readonly ClusterId[];
  /** So many would join. */
  readonly newcomers: number;
}

export interface OtherHubParts {
  readonly list: ListConfig;
  readonly planned: ReadonlyMap<ClusterId, Planned>;
  readonly inventory: Pick<Inventory, "cluster" | "choose">;
  readonly connect: Connect;
}

/** Compares what stands with a hub that the list was not made from. */
export async function otherHub({ list, planned, inventory, connect }: OtherHubParts): Promise<OtherHub> {
  const { adapter } = list.consumer;
  const kinds = adapter.writes(list.options);

  async function sortOf(id: ClusterId, own: readonly Standing[]): Promise<Exclude<keyof OtherHub, "newcomers">> {
    const choice = inventory.choose(id);
    if (choice.is === "not chosen") return choice.cause === "unregistered" ? "absent" : "deselected";
    const there = inventory.cluster(id);
    const reached = choice.is === "chosen" && there ? await connect(there, adapter.login(there, list.options)) : undefined;
    if (reached === undefined || isRefusal(reached)) return "unproven";
    const stands = anchorOf(own, kinds)?.metadata.annotations ?? {};
    const isSame = stands[annotations.clusterUid] === reached.uid || stands[annotations.endpoint] === endpointHash(reached.connection);
    return isSame ? "same" : "differ";
  }

  const members = [...planned].filter(([, { own }]) => own.length > 0);
  const sorted = await Promise.all(members.map(async ([id, { own }]) => ({ id, is: await sortOf(id, own) })));
  const of = (sort: keyof OtherHub): readonly ClusterId[] => sorted.flatMap(({ id, is }) => (is === sort ? [id] : [])).toSorted();
  return {
    same: of("same"),
    differ: of("differ"),
    absent: of("absent"),
    deselected: of("deselected"),
    unproven: of("unproven"),
    newcomers: [...planned].filter(([id, { own }]) => own.length === 0 && inventory.choose(id).is === "chosen").length,
  };
}
