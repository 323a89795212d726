import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { until } from "../../stories/world.ts";
import { applicationSet, clusters, plugin } from "./application-set.ts";
import { chosen, placementOf } from "./deciding.ts";
import type { Story } from "./story.ts";

const soon = { removal: { deselected: { then: "drain", after: 0 } } };

/** Argo CD's own generator on our Secrets, alone and with ours. */
export const generating: readonly Story[] = [
  {
    tells: "a cluster leaves a list with a clusters generator: its Secret waits until its Application is gone, however long that takes",
    async run(world, argocd, plane, controller) {
      await world.publish({}, "berlin", "lima", "oslo", "paris", "tokyo");
      const program = await world.start({ list: soon });
      await world.apply(applicationSet({ id: world.id, generators: [clusters(world.id)], destination: { server: "{{ .server }}" } }));
      await argocd.deploysTo("berlin", "lima", "oslo", "paris", "tokyo");
      const since = await plane.mark();
      const goesOn = controller.pause();
      try {
        await world.publish({ labels: { env: "retired" } }, "paris");
        await program.says({ cluster: `${world.fleet}/paris`, verdict: { is: "waits", reason: "InUse" } });
        await sleep(2000);
        const secret = await world.get("Secret", `${world.fleet}.paris`);
        expect(secret?.metadata.labels?.["rollcall.dev/state"]).toBe("leaving");
      } finally {
        goesOn();
      }
      await argocd.deploysTo("berlin", "lima", "oslo", "tokyo");
      await until("its Secret is gone", async () => (await world.get("Secret", `${world.fleet}.paris`)) === undefined);
      const steps = (await argocd.happened(since)).map(({ verb, resource, name }) => `${verb} ${resource} ${name}`);
      expect(steps).toEqual([
        `patch secrets ${world.fleet}.paris`,
        `delete applications shop-${world.fleet}.paris`,
        `delete secrets ${world.fleet}.paris`,
      ]);
    },
  },
  {
    tells: "plugin and clusters in a matrix: each chosen cluster meets each that stands there, and both are followed",
    async run(world, argocd) {
      const edge = { labels: { role: "edge" } };
      await world.publish({}, "oslo", "paris", "tokyo");
      await world.publish(edge, "lima", "rome");
      await world.apply(chosen(world, "paris", "oslo"));
      await world.start({ list: { options: { name: "{namespace}.{name}", copyLabels: ["role"] } } });
      const placement = placementOf(world);
      // Of what both say, Argo CD takes the first one's word: the name is the edge's, and ours stands below rollcall.
      const matrix = { generators: [clusters(world.id, { role: "edge" }), plugin(world.id, { placement })] };
      const application = "shop-{{ .rollcall.namespace }}.{{ .rollcall.name }}.edge-{{ .nameNormalized }}";
      await world.apply(applicationSet({ id: world.id, generators: [{ matrix }], application }));
      const pairs = (...names: readonly string[]): readonly string[] => names.map((name) => name.replace("+", `.edge-${world.fleet}.`));
      await argocd.deploysTo(...pairs("oslo+lima", "oslo+rome", "paris+lima", "paris+rome"));
      await argocd.expectNoneDeleted();

      await world.publish(edge, "berlin");
      await argocd.deploysTo(...pairs("oslo+berlin", "oslo+lima", "oslo+rome", "paris+berlin", "paris+lima", "paris+rome"));
      await argocd.expectNoneDeleted();
      await world.apply(chosen(world, "paris"));
      await argocd.deploysTo(...pairs("paris+berlin", "paris+lima", "paris+rome"));
    },
  },
];
