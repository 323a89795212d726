import { type Cluster, type ClusterId, type KubeObject, type Refusal, refusal, refusalOf } from "@rollcall/contract";
import {
  advanceDecisions,
  decisionsAt,
  noDecisions,
  parseDecision,
  type Decision,
  type DecisionApi,
  type DecisionNews,
  type DecisionRule,
  type Decisions,
  type SliceRead,
} from "@rollcall/inventory";
import { isApiError, type InformerEvent } from "@rollcall/kube";
import { newConfirm } from "./confirm.ts";
import { decisionNews } from "./decision-news.ts";
import { followKind, type Followed, type FollowedKind, type FollowOptions } from "./follow-kind.ts";

export interface DecisionsOptions extends Pick<FollowOptions<SliceRead>, "transport" | "namespaces" | "signal" | "timing"> {
  readonly rule: DecisionRule;
  /** All clusters as they are now. */
  readonly clusters: () => ReadonlyMap<ClusterId, Cluster>;
  /** Decisions are about to say something else. */
  readonly onBefore: () => void;
  /** They do now, of these clusters; without any, that nobody could say what they say may be over. */
  readonly onNews: (ids: readonly ClusterId[]) => void;
  readonly onEvent: (event: InformerEvent) => void;
}

/** The decisions of a hub, followed. */
export interface HubDecisions {
  /** Follows those of these APIs from now on. */
  follow(apis: readonly DecisionApi[]): void;
  /** Resolves when those of these APIs have been read, or could not be at first. */
  tried(apis: readonly DecisionApi[]): Promise<void>;
  /** What they say, at the moment at which it was last told; time alone changes nothing before it is told too. */
  current(): { readonly decisions: Decisions; readonly moment: number };
  /** Another number whenever any answer here may be another. */
  edition(): number;
  /** Why nothing may be concluded from what decisions of these APIs do not say, in one namespace or in all. */
  doubt(apis: readonly DecisionApi[], namespace: string | undefined): Refusal | undefined;
  /** Why nothing may be concluded from what this decision does not say: it has settled, and the hub has not been asked since. */
  doubtOf(decision: Decision): Refusal | undefined;
  /** Clusters came or went, or are somebody else's. */
  see(ids: readonly ClusterId[]): void;
}

const kindOf = (group: DecisionApi, versions: FollowedKind<SliceRead>["versions"]): FollowedKind<SliceRead> => ({
  group,
  kind: "PlacementDecision",
  plural: "placementdecisions",
  versions,
  project: parseDecision,
});

const kinds: Readonly<Record<DecisionApi, FollowedKind<SliceRead>>> = {
  "multicluster.x-k8s.io": kindOf("multicluster.x-k8s.io", ["v1alpha1", "v1alpha2"]),
  "cluster.open-cluster-management.io": kindOf("cluster.open-cluster-management.io", ["v1beta1"]),
};

/** Profiles come in crowds, and each that a decision names has it gone through anew; so many milliseconds make them one. */
const together = 20;

/** Timers know no more than 24 days; whoever wakes too early waits again. */
const longest = 86_400_000;

/** Of all that a profile says, so much decides where a decision's lines go. */
export function isForDecisions(was: Cluster | undefined, is: Cluster | undefined): boolean {
  return was?.manager !== is?.manager || was?.memberId !== is?.memberId || was?.terminating !== is?.terminating;
}

/** Follows decisions and says when they say something else, be it because they were written, or because they have settled. */
export function followDecisions(options: DecisionsOptions): HubDecisions {
  const { namespaces, signal, clusters, onBefore, onNews } = options;
  const followed = new Map<DecisionApi, Followed<SliceRead>>();
  const listed = new Set<string>();
  const seen = new Set<ClusterId>();
  let decisions = noDecisions(options.rule);
  let moment = performance.now();
  let edition = 0;
  let told: ReadonlyMap<string, Decision> = new Map();
  let crowd: NodeJS.Timeout | undefined;
  let alarm: NodeJS.Timeout | undefined;
  const confirm = newConfirm({
    signal,
    isStill,
    onSure() {
      onBefore();
      edition += 1;
      onNews([]);
    },
  });
  signal.addEventListener("abort", () => [crowd, alarm].forEach((timer) => clearTimeout(timer)), { once: true });

  function take(slices: NonNullable<DecisionNews["slices"]>): void {
    const now = performance.now();
    const { decisions: next } = advanceDecisions(decisions, { slices, clusters: clusters(), changed: [...seen] }, now);
    seen.clear();
    if (next !== decisions) say(next, now);
  }

  function say(next: Decisions, now: number): void {
    onBefore();
    [decisions, moment] = [next, now];
    edition += 1;
    const before = told;
    told = new Map(Array.from(decisionsAt(decisions, moment), (each) => [each.id, each]));
    const ends = [...told.values()].flatMap(({ state }) => (state.is === "incomplete" ? (state.until ?? []) : []));
    clearTimeout(alarm);
    // A timer counts whole milliseconds, and may ring in the one before.
    const wait = Math.min(longest, Math.ceil(Math.min(...ends) - now) + 2);
    if (ends.length > 0 && !signal.aborted) alarm = setTimeout(() => say(decisions, performance.now()), wait).unref();
    confirm.see(before, told);
    onNews(decisionNews(before, told));
  }

  function start(api: DecisionApi): void {
    const follow: FollowOptions<SliceRead> = {
      ...options,
      of: kinds[api],
      onChange: (changes) =>
        take(changes.map(({ key, after }) => ({ id: `${api}/${key}`, ...(after && "slice" in after && { slice: after.slice }) }))),
      onListed(namespace, store) {
        take(known(api, namespace).flatMap((id) => (store.get(id.slice(api.length + 1)) === undefined ? [{ id }] : [])));
        onNews([]);
      },
      onEvent: (event, namespace) => heard(event, `${api}/${namespace}/`),
    };
    followed.set(api, followKind(follow));
  }

  /** That a server has no such kind is no trouble, unless it had it before. */
  function heard(event: InformerEvent, place: string): void {
    edition += 1;
    if (event.type === "listed") listed.add(place);
    if (event.type === "failed" && event.absent && !listed.delete(place)) return;
    options.onEvent(event);
  }

  function known(api: DecisionApi, namespace: string): readonly string[] {
    return [...decisions.places.keys()].filter((id) => id.startsWith(`${api}/${namespace}/`));
  }

  async function isStill({ api, namespace }: Decision): Promise<boolean> {
    const objects = (await followed.get(api)?.list(namespace)) ?? [];
    const store = followed.get(api)?.informer(namespace)?.store;
    const isKnown = (object: KubeObject): boolean => {
      const of = store?.get(`${namespace}/${object.metadata.name}`);
      return of !== undefined && JSON.stringify(of) === JSON.stringify(parseDecision(object));
    };
    return objects.length === store?.size && objects.every(isKnown);
  }

  function doubtIn(api: DecisionApi, namespace: string): Refusal | undefined {
    const informer = followed.get(api)?.informer(namespace);
    const problem = informer?.problem();
    // Where the kind is not served there are none; but what was seen a moment ago is not gone for that.
    if (isApiError(problem, 404) && known(api, namespace).length === 0) return undefined;
    const what = `the placement decisions of ${api} in namespace "${namespace}"`;
    if (problem !== undefined)
      return refusal("DecisionsUnread", `${what} cannot be followed, so nobody is let go for them: ${refusalOf(problem).message}`);
    return informer?.isSynced() ? undefined : refusal("DecisionsUnread", `${what} have not been read completely yet`);
  }

  return {
    follow: (apis) => apis.forEach((api) => followed.has(api) || start(api)),
    async tried(apis) {
      await Promise.all(apis.flatMap((api) => followed.get(api)?.tried() ?? []));
    },
    current: () => ({ decisions, moment }),
    edition: () => edition,
    doubt(apis, namespace) {
      const places = namespace === undefined ? namespaces : namespaces.filter((each) => each === namespace);
      for (const api of apis)
        for (const place of places) {
          const why = doubtIn(api, place);
          if (why !== undefined) return why;
        }
      return undefined;
    },
    doubtOf: (decision) => confirm.doubt(decision),
    see(ids) {
      for (const id of ids) seen.add(id);
      if (seen.size === 0 || signal.aborted) return;
      crowd ??= setTimeout(() => {
        crowd = undefined;
        take([]);
      }, together).unref();
    },
  };
}
