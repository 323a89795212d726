import type { KubeObject } from "@rollcall/contract";
import { parseAllDocuments } from "yaml";
import { applicationSet, plugin, secretWithToken } from "./application-set.ts";
import { namespace } from "./controller.ts";
import { chosen, placementOf } from "./deciding.ts";
import { refresh } from "./refresh.ts";
import type { Story } from "./story.ts";
import { until } from "../../stories/world.ts";
import { firstToken, type World } from "./world.ts";

const second = "0123456789abcdef-the-second";

/** By which token Argo CD is let in. */
export const lettingIn: readonly Story[] = [
  {
    tells: "what serve --print-manifests prints is all that Argo CD needs",
    async run(world) {
      await world.publish({}, "oslo", "paris");
      await world.start();
      await until("the list is answered", async () => (await world.ask("/api/v1/lists/web")).status === 200);
      const printed = (await world.run("serve", "--print-manifests")).stdout;
      const filled = printed.replaceAll("PUT-THE-TOKEN-HERE", firstToken).replace(/baseUrl: .*/, `baseUrl: ${world.url}`);
      const objects = parseAllDocuments(filled).map((document) => document.toJS() as KubeObject);
      await world.apply(...objects.filter(({ metadata }) => metadata.namespace === namespace));
      const name = (cluster: string): string => `example-${world.fleet}.${cluster}`;
      await until("the example has made its Applications", async () => {
        const made = await Promise.all(["oslo", "paris"].map((cluster) => world.get("Application", name(cluster))));
        return made.every((each) => each !== undefined);
      });
    },
  },
  {
    tells: "one token takes the other's place, and then the Secret lacks its key: nobody is let in by its name, and nothing is deleted",
    async run(world, argocd, plane) {
      await world.publish({}, "berlin", "lima", "oslo", "paris", "tokyo");
      await world.apply(chosen(world, "paris"));
      const program = await world.start();
      const placement = placementOf(world);
      const set = applicationSet({ id: world.id, generators: [plugin(world.id, { placement })] });
      await answered(world, firstToken, 1);
      await world.apply(set);
      await argocd.deploysTo("paris");
      const asksAgain = (): Promise<void> => refresh(plane, set.metadata.name);

      await world.putTokens(firstToken, second);
      await program.says({ message: "token file read again", tokens: 2 });
      await world.apply(secretWithToken(world.id, { token: second }));
      await world.apply(chosen(world, "paris", "oslo"));
      await answered(world, second, 2);
      await asksAgain();
      await argocd.deploysTo("oslo", "paris");

      await world.putTokens(second);
      await program.says({ message: "token file read again", tokens: 1 });
      await world.apply(chosen(world, "paris", "oslo", "tokyo"));
      await answered(world, second, 3);
      await asksAgain();
      await argocd.deploysTo("oslo", "paris", "tokyo");

      await plane.admin("DELETE", `/api/v1/namespaces/argocd/secrets/rollcall-token-${world.id}`);
      await world.apply(secretWithToken(world.id, { tokken: second }));
      await asksAgain();
      await argocd.complains(/status code 401: .*key/);
      await world.apply(secretWithToken(world.id, { token: firstToken }));
      await asksAgain();
      await argocd.complains(/status code 401: (?!.*key)/);
      await argocd.deploysTo("oslo", "paris", "tokyo");
      await world.apply(secretWithToken(world.id, { token: second }));
      await asksAgain();
      await argocd.isContent();
      await argocd.expectNoneDeleted();
    },
  },
];

/** Waits until so many clusters are answered to whoever has this token. */
async function answered(world: World, token: string, count: number): Promise<void> {
  await until(`${count} clusters are answered`, async () => {
    const answer = await world.ask(`/api/v1/clusters?list=web&placement=web&namespace=${world.fleet}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return answer.status === 200 && ((await answer.json()) as { readonly clusters: readonly object[] }).clusters.length === count;
  });
}
