import { once } from "node:events";
import { openTransport, sleep } from "@rollcall/kube";
import { startMemoryHub, type MemoryHub } from "@rollcall/memory-hub";
import type { ListEvent } from "@rollcall/sync";
import { checkConfig } from "../config/check.ts";
import { demoConfig } from "../demo/fleet.ts";
import { openDoor } from "../demo/open-door.ts";
import { heading, newTable, quiet } from "../demo/show.ts";
import { before, story } from "../demo/story.ts";
import { startRollcall } from "../rollcall.ts";
import type { Command } from "./command.ts";

/** Tells a short story with an API server in memory; nothing else is needed and nothing is touched. */
export const demo: Command = {
  does: "tells a short story of clusters that join and leave a list; needs no cluster",
  usage: "rollcall demo",
  help: {},
  flags: {},
  async run(_, { out }) {
    const hub = await startMemoryHub({ namespaces: ["fleet", "argocd", "rollcall"], kinds });
    try {
      before.forEach((each) => hub.apply(each));
      await tell(hub, out);
      return 0;
    } finally {
      await hub.stop();
    }
  },
};

async function tell(hub: MemoryHub, say: (text: string) => void): Promise<void> {
  const { config } = checkConfig(demoConfig);
  const open = async () => openTransport({ url: hub.url, token: async () => hub.token });
  let onEvent = (): void => undefined;
  const report = (event: ListEvent): void => {
    if (event.is === "wrote") say(quiet(`${event.verb} ${event.key}${event.changes ? ` (${event.changes.join(", ")})` : ""}`));
    onEvent();
  };

  say(heading('A hub with six clusters; the list "argocd" selects env in (prod, staging)'));
  const rollcall = await startRollcall({ config: config!, open, log: () => undefined, report });
  try {
    await rollcall.settled();
    const list = rollcall.lists.get("argocd")!;
    const table = newTable(hub, list);
    say(table());
    for (const { title, because, play } of story) {
      if (process.stdout.isTTY) await sleep(1500);
      say(heading(title) + quiet(because));
      await play(hub, list);
      say(table());
    }
    say(heading("That is the whole idea: nobody leaves a list while anything is in doubt, and nothing is written without need."));
    if (!process.stdout.isTTY) return;
    onEvent = afterwards(() => say(`\n${table()}`));
    const door = await openDoor(hub);
    const kubectl = `kubectl --server=${door.url} -n fleet`;
    say(quiet("The hub stays until Ctrl-C, and so does Rollcall. In another terminal, try:"));
    say(quiet(`${kubectl} get clusterprofiles`) + quiet(`${kubectl} label clusterprofile lima env=retired --overwrite`));
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    door.close();
  } finally {
    await rollcall.stop();
  }
}

const kinds = [
  {
    apiVersion: "multicluster.x-k8s.io/v1alpha1",
    kind: "ClusterProfile",
    plural: "clusterprofiles",
    namespaced: true,
    status: true,
  },
  { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespaced: true },
] as const;

/** Does something once things have come to rest. */
function afterwards(act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, 300).unref();
  };
}
