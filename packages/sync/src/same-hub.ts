import { annotations, digestOf, endpointHash, refusal, type ClusterId, type Reachable, type Refusal } from "@rollcall/contract";

/** The hub that the inventory is read from. */
export interface HubView {
  /** The uid of its kube-system namespace; none while it is being looked at. */
  readonly uid?: string;
  /** How often its resourceVersion has gone back, as after a restore. */
  readonly timesBack: number;
}

/** Whether the hub is the one that the list was made from, in the state that it was in. */
export interface SameHub {
  /** Why nothing may be concluded from what it says. */
  doubt(): Refusal | undefined;
  /** What a person confirms who says that it is meant. */
  digest(): string;
  /** A look has found a member to be, or not to be, the cluster that it stands for. Says whether that was the first of this doubt. */
  saw(id: ClusterId, isProven: boolean): boolean;
  /** In doubt, and every one of these has proven to be the same. */
  isProvenBy(members: Iterable<ClusterId>): boolean;
  /** The hub is to be believed as it is now. */
  believe(): void;
}

export interface SameHubParts {
  readonly list: string;
  readonly hub: () => HubView;
  /** The hub that the roll names. */
  readonly known: () => string | undefined;
  /** How a person confirms a digest: a command. */
  readonly confirm: (digest: string) => string;
}

/** Another hub, or one that was set back, is compared with and not obeyed, until its members prove to be the same or a person says so. */
export function sameHub({ list, hub, known, confirm }: SameHubParts): SameHub {
  let believed = hub().timesBack;
  let believedUid: string | undefined;
  let provenOf = "";
  const proven = new Set<ClusterId>();

  const digest = (): string =>
    digestOf([list, "hub", hub().uid ?? "", ...(hub().timesBack === believed ? [] : [`back ${hub().timesBack}`])]);

  function howToEnd(): string {
    const meant = digest();
    return `its members prove to be the same when all of them are there; else, if that is meant, confirm digest ${meant}: ${confirm(meant)}`;
  }

  // Asked about every choice, so that nothing is digested while there is no doubt.
  function doubt(): Refusal | undefined {
    const { uid, timesBack } = hub();
    if (uid === undefined)
      return refusal("HubUnknown", "the hub has just been read anew, and whether it is the same one is being looked at");
    const isBelieved = uid === believedUid || known() === undefined;
    if (timesBack !== believed || (known() === setBack(uid) && !isBelieved)) return refusal("HubWentBack", `${wentBack}; ${howToEnd()}`);
    if (known() === uid || isBelieved) return undefined;
    return refusal("HubChanged", `this hub is not the one that the list was made from; ${howToEnd()}`);
  }

  return {
    doubt,
    digest,
    saw(id, isProven) {
      const { uid, timesBack } = hub();
      if (uid === undefined) return false;
      const of = `${uid} ${timesBack}`;
      const isFirst = provenOf !== of;
      // What was proven to another hub says nothing here.
      if (isFirst) proven.clear();
      provenOf = of;
      if (isProven) proven.add(id);
      else proven.delete(id);
      return isFirst;
    },
    isProvenBy(members) {
      const { uid, timesBack } = hub();
      return doubt() !== undefined && uid !== undefined && provenOf === `${uid} ${timesBack}` && [...members].every((id) => proven.has(id));
    },
    believe() {
      ({ timesBack: believed, uid: believedUid } = hub());
    },
  };
}

const wentBack = "the hub's resourceVersion went back, as after a restore";

/** What the roll says of a hub that was set back and is not believed again yet: a restart or another config does not change that. */
export function setBack(uid: string): string {
  return `${uid}, set back`;
}

/** Whether what stands can be shown to be this cluster: by its uid, or by its server and CA. Marks that are not there show nothing. */
export function isProof(stands: Readonly<Record<string, string>>, cluster: Reachable): boolean {
  return stands[annotations.clusterUid] === cluster.uid || stands[annotations.endpoint] === endpointHash(cluster.connection);
}
