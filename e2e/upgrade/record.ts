import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { annotations, type KubeObject } from "@rollcall/contract";
import { startMemoryHub, type MemoryHub } from "@rollcall/memory-hub";
import { stringify } from "yaml";
import { launchProgram, type Program } from "../stories/program.ts";
import { asSent, until } from "../stories/world.ts";
import { acts, application, configOf, deselected, fleet, heldSecrets, kinds, lists, namespaces, targetOf } from "./scenario.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("say where to: record.ts FOLDER");
await record(folder);

/** Plays the scenario with the version in this tree, and saves everything that it wrote and read. */
async function record(to: string): Promise<void> {
  const hub = await startMemoryHub({ namespaces, kinds });
  const dir = await mkdtemp(join(tmpdir(), "rollcall-record-"));
  await writeFile(join(dir, "kubeconfig"), kubeconfigText(hub));
  await writeFile(join(dir, "config.yaml"), stringify(configOf(join(dir, "kubeconfig"))));
  for (const each of fleet) hub.apply(asSent(each));
  hub.apply(application);
  const program = launchProgram(["sync", "--config", join(dir, "config.yaml")]);
  for (const list of lists) await program.says({ message: "list gone through", list });

  for (const [list, name] of heldSecrets) hold(hub, targetOf(list), `fleet.${name}`);
  for (const act of acts) {
    for (const name of act.deselected ?? []) hub.apply(asSent(deselected({ name })));
    for (const name of act.unreachable ?? []) hub.apply(asSent(deselected({ name, provider: "unheard-of" })));
    for (const name of act.unregistered ?? []) hub.remove("ClusterProfile", "fleet", name);
    if (act.isAcked) acknowledge(hub, program, act.list);
    for (const [name, end] of Object.entries(act.ends))
      await until(`${name} of ${act.list} is ${end}`, () => statesOf(program)[act.list]?.[`fleet/${name}`] === end);
  }
  // What is noted is written a moment later.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const at = new Date().toISOString();
  const states = statesOf(program);
  await program.stop();
  await save(to, hub, { at, states });
  await hub.stop();
  await rm(dir, { recursive: true });
}

function hold(hub: MemoryHub, namespace: string, name: string): void {
  const secret = hub.get("Secret", namespace, name)!;
  hub.apply({ ...secret, metadata: { ...secret.metadata, finalizers: ["example.com/held"] } as KubeObject["metadata"] });
}

function acknowledge(hub: MemoryHub, { lines }: Program, list: string): void {
  const roll = hub.get("ConfigMap", "rollcall", `rollcall-${list}-roll`)!;
  const asked = lines.findLast((line) => line["list"] === list && digestIn(line) !== undefined);
  const digest = digestIn(asked!)!;
  hub.apply({ ...roll, metadata: { ...roll.metadata, annotations: { [annotations.ack]: digest } } });
}

function digestIn(line: object): string | undefined {
  return /confirm digest (\w+)/.exec(JSON.stringify(line))?.[1];
}

/** How each cluster of each list is, as the log says: its state, and the reason of a verdict. Of who is gone nothing is left. */
function statesOf({ lines }: Program): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const states: Record<string, Record<string, string>> = {};
  for (const line of lines) {
    if (line.message !== "state") continue;
    const { list, cluster, state, verdict } = line as unknown as StateLine;
    (states[list] ??= {})[cluster] = verdict === undefined ? state : `${state} ${verdict.reason}`;
    if (state === "gone") delete states[list][cluster];
  }
  return states;
}

interface StateLine {
  readonly list: string;
  readonly cluster: string;
  readonly state: string;
  readonly verdict?: { readonly reason: string };
}

async function save(to: string, hub: MemoryHub, end: object): Promise<void> {
  await mkdir(to, { recursive: true });
  const all = (kind: string): readonly KubeObject[] => hub.list(kind);
  const files: Readonly<Record<string, readonly object[]>> = {
    "config.yaml": [configOf("kubeconfig")],
    "profiles.yaml": [...all("ClusterProfile"), ...all("Application"), hub.get("Namespace", undefined, "kube-system")!],
    "objects.yaml": [...all("Secret"), ...all("ConfigMap")],
    "end.yaml": [end],
  };
  for (const [name, documents] of Object.entries(files))
    await writeFile(join(to, name), documents.map((each) => stringify(each, { lineWidth: 0 })).join("---\n"));
}

function kubeconfigText({ url, token }: MemoryHub): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hub",
    contexts: [{ name: "hub", context: { cluster: "hub", user: "admin" } }],
    clusters: [{ name: "hub", cluster: { server: url } }],
    users: [{ name: "admin", user: { token } }],
  });
}
