import { readdirSync, readFileSync } from "node:fs";
import { type Cluster, isRefusal } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { decide, type Decision, parseDecision, parseProfile } from "../index.ts";
import { fleetOf } from "./slices.test.helper.ts";

const folder = new URL("./__samples__/", import.meta.url);
const profiles = new URL("../__samples__/", import.meta.url);

// What each object says: its place, what it has in common with others, and how many it names.
const objects: Record<string, readonly string[]> = {
  "pd-01-single.yaml": ["argocd/storefront-decision: alone, placement storefront, by cost-scheduler: 2"],
  "pd-02-multi-slice.yaml": [
    "scheduling/batch-run-42-2: 2 of batch-run-42, placement batch-run-42, by gpu-scheduler: 37",
    "scheduling/batch-run-42-0: 0 of batch-run-42, placement batch-run-42, by gpu-scheduler: 100",
    "scheduling/batch-run-42-1: 1 of batch-run-42, placement batch-run-42, by gpu-scheduler: 100",
  ],
  "pd-03-cross-namespace.yaml": ["scheduling/payments-eu: alone, placement payments-eu, by gdpr-scheduler: 4"],
  "pd-04-duplicates-dangling-empty.yaml": [
    "argocd/dup-0: 0 of dup, by naive-scheduler: 4",
    "argocd/dup-1: 1 of dup, by naive-scheduler: 2",
    "argocd/nothing-fits: alone, placement big-gpu-job, by gpu-scheduler: 0",
  ],
  "pd-05-slices-without-order.yaml": [
    "scheduling/nokey-0: alone, placement nokey, by gpu-scheduler: 2",
    "scheduling/nokey-1: alone, placement nokey, by gpu-scheduler: 2",
    "scheduling/weird-0: ? of weird, by gpu-scheduler: 2",
    "scheduling/weird-1: ? of weird, by gpu-scheduler: 2",
    "scheduling/weird-10: 10 of weird, by gpu-scheduler: 2",
    "scheduling/weird-2: 2 of weird, by gpu-scheduler: 2",
    "scheduling/gap-0: 0 of gap, by gpu-scheduler: 1",
    "scheduling/gap-3: 3 of gap, by gpu-scheduler: 1",
  ],
  "pd-06-ocm-emitted.yaml": [
    "argocd/all-stores-decision-1: 0 of all-stores, placement all-stores, by open-cluster-management: 3",
    "argocd/all-stores-decision-2: 1 of all-stores, placement all-stores, by open-cluster-management: 100",
    "argocd/all-stores-decision-3: 1 of all-stores, placement all-stores, by open-cluster-management: 12",
    "argocd/all-stores-decision-10: 2 of all-stores, placement all-stores, by open-cluster-management: 1",
  ],
  "pd-07-ocm-v1beta1.yaml": [
    "argocd/rollout-decision-1: 0 of rollout, placement rollout, by open-cluster-management: 1",
    "argocd/rollout-decision-2: 1 of rollout, placement rollout, by open-cluster-management: 2",
    "argocd/gpu-only-decision-1: 0 of gpu-only, placement gpu-only, by open-cluster-management: 0",
  ],
  "support-clusterprofile-provider-file.json": ["NotAPlacementDecision"],
  "support-secrets.yaml": Array.from({ length: 5 }, () => "NotAPlacementDecision"),
};

// What each decision says over the sample profiles: whether it is complete, its slices in order, and where its lines went.
const decisions: Record<string, readonly string[]> = {
  "pd-01-single.yaml": ["storefront-decision: complete; storefront-decision; argocd/edge-berlin-01, argocd/edge-oslo-02"],
  "pd-02-multi-slice.yaml": [
    "batch-run-42: complete; batch-run-42-0 batch-run-42-1 batch-run-42-2; fleet/worker-000, fleet/worker-001, … fleet/worker-236: 237",
  ],
  "pd-03-cross-namespace.yaml": [
    "payments-eu: complete; payments-eu; fleet-cluster-inventory/ml-batch-a3-us-central1, fleet-system/bravelion, scheduling/scheduling-local NoSuchProfile, cluster-inventory/eks-checkout-ap-northeast-1",
  ],
  "pd-04-duplicates-dangling-empty.yaml": [
    "dup: complete; dup-0 dup-1; argocd/edge-berlin-01, argocd/edge-berlin-01 twice, kueue-system/edge-berlin-01, argocd/long-gone-cluster NoSuchProfile, argocd/edge-berlin-01 twice, argocd/edge-oslo-02",
    "nothing-fits: complete, for nobody; nothing-fits; ",
  ],
  "pd-05-slices-without-order.yaml": [
    "nokey-0: complete; nokey-0; fleet/worker-300, fleet/worker-301",
    "nokey-1: complete; nokey-1; fleet/worker-302, fleet/worker-303",
    "weird: IndexGap; weird-2 weird-10 weird-0 weird-1; fleet/worker-316, fleet/worker-317, … fleet/worker-313: 8",
    "gap: IndexGap; gap-0 gap-3; fleet/worker-320, fleet/worker-321",
  ],
  "pd-06-ocm-emitted.yaml": [
    "all-stores: complete; all-stores-decision-1 all-stores-decision-2 all-stores-decision-3 all-stores-decision-10; argocd/store-0001, argocd/store-0002, … argocd/store-0999: 116",
  ],
  "pd-07-ocm-v1beta1.yaml": [
    "rollout: complete; rollout-decision-1 rollout-decision-2; argocd/edge-berlin-01, argocd/edge-oslo-02, argocd/store-0091",
    "gpu-only: complete, for nobody; gpu-only-decision-1; ",
  ],
  "support-clusterprofile-provider-file.json": [],
  "support-secrets.yaml": [],
};

describe("every sample of a decision has one outcome", () => {
  it("and none is left out", () => {
    expect(Object.keys(objects)).toEqual(readdirSync(folder).sort());
    expect(Object.keys(decisions)).toEqual(Object.keys(objects));
  });

  it.each(Object.entries(objects))("%s, object by object", (file, expected) => expect(documents(folder, file).map(said)).toEqual(expected));

  it.each(Object.entries(decisions))("%s, decision by decision", (file, expected) => {
    const slices = documents(folder, file).map(parseDecision);
    const all = decide(
      slices.flatMap((read) => ("slice" in read ? [read.slice] : [])),
      inventory(),
    );
    expect([...all.values()].map(outcome)).toEqual(expected);
  });

  it("of the inventory samples, no profile is taken for a decision", () => {
    const all = readdirSync(profiles).flatMap((file) => documents(profiles, file));
    expect(new Set(all.map(said))).toEqual(new Set(["NotAPlacementDecision"]));
  });
});

function documents(from: URL, file: string): readonly object[] {
  return parseAllDocuments(readFileSync(new URL(file, from), "utf8")).map((each) => each.toJS() as object);
}

/** The clusters of all sample profiles, and the workers and stores that samples name and nobody describes. */
function inventory(): ReadonlyMap<string, Cluster> {
  const described = readdirSync(profiles).flatMap((file) =>
    documents(profiles, file).flatMap((object, at) => {
      const { metadata, ...rest } = object as { metadata: object };
      const read = parseProfile({ ...rest, metadata: { uid: `${file} ${at}`, ...metadata } });
      return "cluster" in read ? [[read.id, read.cluster] as const] : [];
    }),
  );
  const numbers = Array.from({ length: 1000 }, (_, at) => String(at));
  const undescribed = numbers.flatMap((at) => [`fleet/worker-${at.padStart(3, "0")}`, `argocd/store-${at.padStart(4, "0")}`]);
  return new Map([...fleetOf(undescribed), ...described]);
}

function said(object: unknown): string {
  const read = parseDecision(object);
  if ("refusal" in read) return read.refusal.reason;
  const { namespace, name, key, index = "?", placementKey, scheduler, rows } = read.slice;
  const words = [
    key === undefined ? "alone" : `${index} of ${key}`,
    placementKey && `placement ${placementKey}`,
    scheduler && `by ${scheduler}`,
  ];
  return `${namespace}/${name}: ${words.filter(Boolean).join(", ")}: ${isRefusal(rows) ? rows.reason : rows.length}`;
}

function outcome({ called, state, isEmpty, slices, rows }: Decision): string {
  const is = state.is === "complete" ? "complete" : state.why.reason;
  const lines = rows.map(({ id, went }) => (went.is === "chosen" ? id : `${id} ${went.is === "dangling" ? went.why.reason : "twice"}`));
  const shown = lines.length > 6 ? `${lines[0]}, ${lines[1]}, … ${lines.at(-1)}: ${lines.length}` : lines.join(", ");
  return `${called}: ${is}${isEmpty ? ", for nobody" : ""}; ${slices.map(({ name }) => name).join(" ")}; ${shown}`;
}
