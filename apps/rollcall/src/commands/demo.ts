import { openTransport, sleep } from "@rollcall/kube";
import { startMemoryHub } from "@rollcall/memory-hub";
import type { ListEvent } from "@rollcall/sync";
import { checkConfig } from "../config/check.ts";
import { demoConfig } from "../demo/fleet.ts";
import { heading, quiet, showList } from "../demo/show.ts";
import { before, story } from "../demo/story.ts";
import { startRollcall } from "../rollcall.ts";
import type { Command } from "./command.ts";

/** Tells a short story with an API server in memory; nothing else is needed and nothing is touched. */
export const demo: Command = {
  does: "tells a short story of clusters that join and leave a list; needs no cluster",
  usage: "rollcall demo",
  help: {},
  flags: {},
  async run() {
    const say = (text: string): void => void process.stdout.write(text);
    const hub = await startMemoryHub({
      namespaces: ["fleet", "argocd", "rollcall"],
      kinds: [
        { apiVersion: "multicluster.x-k8s.io/v1alpha1", kind: "ClusterProfile", plural: "clusterprofiles", namespaced: true, status: true },
        { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespaced: true },
      ],
    });
    before.forEach((each) => hub.apply(each));
    const { config } = checkConfig(demoConfig);
    const tell = (event: ListEvent): void => {
      if (event.is === "wrote") say(quiet(`${event.verb} ${event.key}${event.changes ? ` (${event.changes.join(", ")})` : ""}`));
    };

    say(heading('A hub with six clusters; the list "argocd" selects env in (prod, staging)'));
    const open = async () => openTransport({ url: hub.url, token: async () => hub.token });
    const rollcall = await startRollcall({ config: config!, open, log: () => undefined, report: tell });
    const stop = async (): Promise<void> => {
      await rollcall.stop();
      await hub.stop();
    };
    await rollcall.settled();
    const list = rollcall.lists.get("argocd")!;
    say(`${showList(hub, list)}\n`);

    for (const { title, because, play } of story) {
      await sleep(process.stdout.isTTY ? 1500 : 0);
      say(heading(title) + quiet(because));
      await play(hub, list);
      say(`${showList(hub, list)}\n`);
    }
    say(heading("That is the whole idea: nobody leaves a list while anything is in doubt, and nothing is written without need."));
    if (process.stdout.isTTY) {
      say(quiet(`The hub stays until Ctrl-C: kubectl --server=${hub.url} --token=${hub.token} get clusterprofiles -n fleet`));
      await new Promise((resolve) => process.once("SIGINT", resolve));
    }
    await stop();
    return 0;
  },
};
