import { labels, type KubeObject } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import { startMemoryHub, type MemoryHub } from "@rollcall/memory-hub";
import { describe, expect, it } from "vitest";
import { consumers } from "../consumers.ts";
import { findLeft } from "./left.ts";
import { letGo } from "./let-go.ts";

const owner = { instance: "rollcall", list: "argocd" };

function ours(kind: string, namespace: string, name: string): KubeObject {
  const own = { [labels.instance]: owner.instance, [labels.list]: owner.list };
  return {
    apiVersion: "v1",
    kind,
    metadata: { name, namespace, labels: own, annotations: { "rollcall.dev/cluster": `fleet/${name}` } },
    data: { key: "eA==" },
  };
}

async function withLeft(act: (hub: MemoryHub, find: () => ReturnType<typeof findLeft>) => Promise<void>): Promise<void> {
  const hub = await startMemoryHub({ namespaces: ["argocd", "rollcall"] });
  const transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
  const objects = ["lima", "paris", "rome"].map((name) => ours("Secret", "argocd", name));
  [...objects, ours("ConfigMap", "rollcall", "rollcall-argocd-roll")].forEach((each) => hub.apply(each));
  await act(hub, () => findLeft({ servers: [transport], owner, stateNamespace: "rollcall", consumers: Object.values(consumers) }));
  await transport.close();
  await hub.stop();
}

const names = (hub: MemoryHub): readonly string[] => hub.list("Secret").map(({ metadata }) => metadata.name);

describe.each(["keep", "delete"] as const)("to %s what is left", (fate) => {
  it("stops where somebody wrote in between, says what is left, and the next run goes on", () =>
    withLeft(async (hub, find) => {
      const left = await find();
      const paris = hub.get("Secret", "argocd", "paris")!;
      hub.apply({ ...paris, data: { ...paris.data, shard: "MQ==" } });
      const done: string[] = [];
      await expect(letGo(left, fate, (_, { key }) => done.push(key))).rejects.toMatchObject({
        reason: "Stopped",
        message: expect.stringMatching(
          /^stopped at Secret\/argocd\/paris \(.*\); left are Secret\/argocd\/paris, Secret\/argocd\/rome, ConfigMap\/rollcall\/rollcall-argocd-roll\. Say it again without --confirm/,
        ) as string,
      });
      expect(done).toEqual(["Secret/argocd/lima"]);
      expect(hub.get("ConfigMap", "rollcall", "rollcall-argocd-roll")).toBeDefined();

      const rest = await find();
      expect(rest.objects.map(({ key }) => key)).toEqual(["Secret/argocd/paris", "Secret/argocd/rome"]);
      await letGo(rest, fate, () => undefined);
      expect(names(hub)).toEqual(fate === "keep" ? ["lima", "paris", "rome"] : []);
      expect(await find()).toEqual({ objects: [], strays: [], rolls: [] });
    }));

  it("takes no object for another one of its name, and one that is gone for done", () =>
    withLeft(async (hub, find) => {
      const left = await find();
      hub.remove("Secret", "argocd", "lima");
      hub.remove("Secret", "argocd", "paris");
      hub.apply(ours("Secret", "argocd", "paris"));
      const done: string[] = [];
      await expect(letGo(left, fate, (_, { key }) => done.push(key))).rejects.toMatchObject({ reason: "Stopped" });
      expect(done).toEqual(["Secret/argocd/lima"]);
      expect(hub.get("Secret", "argocd", "paris")?.metadata.labels).toHaveProperty(["rollcall.dev/list"]);
    }));
});
