import { sleep } from "@rollcall/kube";
import type { MemoryHub } from "@rollcall/memory-hub";
import type { KeptList, State } from "@rollcall/sync";
import { application, profile } from "./fleet.ts";

/** One scene: what happens on the hub, and how the list looks when Rollcall is done with it. */
export interface Scene {
  readonly title: string;
  readonly because: string;
  readonly play: (hub: MemoryHub, list: KeptList) => Promise<void>;
}

/** A day in the life of a list. */
export const story: readonly Scene[] = [
  {
    title: "A cluster joins",
    because: "its manager published a ClusterProfile that the list selects",
    async play(hub, list) {
      hub.apply(profile("osaka", { region: "ap-northeast-3" }));
      await becomes(list, "fleet/osaka", "member");
    },
  },
  {
    title: "Its endpoint moves",
    because: "the Secret is changed in place, under the same name; Argo CD goes on with it",
    async play(hub) {
      hub.apply(profile("osaka", { region: "ap-northeast-3", server: "https://osaka-2.example.com:6443" }));
      await until(() => hub.get("Secret", "argocd", "fleet.osaka")?.data?.["server"] === btoa("https://osaka-2.example.com:6443"));
    },
  },
  {
    title: "One cannot be reached any more",
    because: "its profile offers no login that we know, so we cannot tell what is true: its Secret stays, and the list says why",
    async play(hub, list) {
      hub.apply(profile("lagos", { provider: "unheard-of", region: "af-south-1" }));
      await until(() => list.status().get("fleet/lagos")?.verdict?.is === "stale");
    },
  },
  {
    title: "One blinks",
    because: "its profile was deleted and made again; same server and CA, so it is the same cluster and only a mark is written",
    async play(hub, list) {
      hub.remove("ClusterProfile", "fleet", "paris");
      await becomes(list, "fleet/paris", "missing");
      hub.apply(profile("paris"));
      await becomes(list, "fleet/paris", "member");
    },
  },
  {
    title: "One is no longer selected, and waits while an Application uses it",
    because: "its Secret says rollcall.dev/state: leaving; deleting it now would orphan what Argo CD deployed there",
    async play(hub, list) {
      hub.apply(application("shop", "oslo"));
      hub.apply(profile("oslo", { env: "retired", region: "eu-north-1" }));
      await until(() => list.status().get("fleet/oslo")?.verdict?.is === "waits");
    },
  },
  {
    title: "The Application is gone, and so the cluster may go",
    because: "nobody uses it any more",
    async play(hub, list) {
      hub.remove("Application", "argocd", "shop");
      await until(() => !list.status().has("fleet/oslo"));
    },
  },
];

/** Who is there before the story begins. */
export const before = [
  profile("paris"),
  profile("oslo", { region: "eu-north-1" }),
  profile("lagos", { region: "af-south-1" }),
  profile("lima", { env: "staging", region: "sa-west-1" }),
  profile("quito", { region: "sa-west-1" }),
  profile("lab", { env: "dev" }),
];

async function becomes(list: KeptList, id: string, state: State): Promise<void> {
  await until(() => list.status().get(id)?.state === state);
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error("the demo did not go as told; please report it with what it printed");
    await sleep(20);
  }
}
