import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { KubeObject } from "@rollcall/contract";
import { expect } from "vitest";
import { parseAllDocuments } from "yaml";
import { until } from "../../stories/world.ts";
import { applicationSet, plugin } from "./application-set.ts";
import type { Story } from "./story.ts";
import { firstToken, type World } from "./world.ts";

const text = readFileSync(fileURLToPath(new URL("samples/hostile.yaml", import.meta.url)), "utf8");
const samples = parseAllDocuments(text).map((document) => document.toJS() as KubeObject);

/** Argo CD would take its server for the cluster that it runs in. */
const refused = ["in-cluster"];

const keys = ["name", "nameNormalized", "server", "project", "metadata", "rollcall", "values"];

interface Parameters {
  readonly name: string;
  readonly nameNormalized: string;
}

async function parametersOf(world: World): Promise<readonly Parameters[]> {
  const body = JSON.stringify({ applicationSetName: "web", input: { parameters: { list: "web", values: { wave: "1" } } } });
  const headers = { authorization: `Bearer ${firstToken}`, "content-type": "application/json" };
  const answer = await world.ask("/api/v1/getparams.execute", { method: "POST", headers, body });
  return ((await answer.json()) as { readonly output: { readonly parameters: readonly Parameters[] } }).output.parameters;
}

/** What stands in profiles, on its way through a template. */
export const rendering: readonly Story[] = [
  {
    tells: "whatever stands in a profile comes out of a template as it was, with not one key missing",
    async run(world, argocd) {
      const profiles = samples.map(({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, namespace: world.fleet } }));
      await world.apply(...profiles);
      await world.start({ list: { options: { name: "{name}" }, select: {} } });
      const all = keys.map((key) => `"${key}" .${key}`).join(" ");
      const annotations = {
        "example.com/all": `{{ dict ${all} | toJson }}`,
        "example.com/words": "{{ .rollcall.displayName | quote }} {{ .rollcall.health }} {{ .rollcall.order }} {{ .rollcall.version }}",
      };
      const generators = [plugin(world.id, { values: { wave: "1" } })];
      await world.apply(applicationSet({ id: world.id, generators, application: "{{ .nameNormalized }}", annotations }));
      const listed = samples.length - refused.length;
      await until("everybody has an Application", async () => (await argocd.applications()).length === listed);

      const said = await parametersOf(world);
      expect(said.map(({ name }) => name).sort()).toEqual(
        samples
          .map(({ metadata }) => metadata.name)
          .filter((name) => !refused.includes(name))
          .sort(),
      );
      const rendered = (await argocd.applications()).map(({ metadata }) => [
        metadata.name,
        JSON.parse(metadata.annotations!["example.com/all"]!) as unknown,
      ]);
      expect(Object.fromEntries(rendered)).toEqual(Object.fromEntries(said.map((each) => [each.nameNormalized, each])));
      await argocd.isContent();
      await argocd.expectNoneDeleted();
    },
  },
];
