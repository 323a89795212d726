import { fromBase64, type KubeObject } from "@rollcall/contract";
import type { LoginWorld } from "./world.ts";

/** What stands at the head of every credential that these tests make up themselves. */
const canary = "canary-";

/** Where any credential of this world can be read, beside the one key of a list's Secrets that is there for it. */
export async function leaksOf(world: LoginWorld): Promise<readonly string[]> {
  const words = [canary, ...[...world.hidden].filter((each) => !each.startsWith(canary)).flatMap(spellings)];
  const said = [...saidBy(world), ...(await pages(world)), ...(await commands(world)), ...(await written(world)), ...(await asked(world))];
  return said.flatMap(([where, text]) => (words.some((word) => text.includes(word)) ? [`${where}: ${text.slice(0, 500)}`] : []));
}

type Said = readonly [where: string, text: string];

/** A credential as it may turn up: whole, by its end, which nobody could guess, and as a Secret holds it. */
function spellings(credential: string): readonly string[] {
  return [credential, credential.slice(-24), Buffer.from(credential).toString("base64").replace(/=+$/, "")];
}

function saidBy({ programs }: LoginWorld): readonly Said[] {
  return programs.flatMap(({ lines, complaints }) => [
    ...lines.map((line): Said => ["log", JSON.stringify(line)]),
    ...complaints.map((line): Said => ["stderr", line]),
  ]);
}

async function pages({ programs }: LoginWorld): Promise<readonly Said[]> {
  const urls = programs.flatMap((program) => {
    const url = program.isRunning() && program.lines.find(({ message }) => message === "listening")?.["url"];
    return typeof url === "string" ? [url] : [];
  });
  const paths = urls.flatMap((url) => ["/metrics", "/healthz", "/readyz", "/nowhere"].map((path) => `${url}${path}`));
  return Promise.all(paths.map(async (url): Promise<Said> => [url, await (await fetch(url)).text()]));
}

async function commands(world: LoginWorld): Promise<readonly Said[]> {
  const said: Said[] = [];
  for (const args of [["plan"], ["status"], ["rbac"]]) {
    const { stdout, stderr } = await world.run(...args);
    said.push([args.join(" "), stdout + stderr]);
  }
  return said;
}

/** All that stands on the hub in this world's namespaces, without the data that holds credentials. */
async function written({ hub, fleet, state, lists }: LoginWorld): Promise<readonly Said[]> {
  const said: Said[] = [];
  for (const namespace of [fleet, state, ...lists]) {
    for (const kind of ["ClusterProfile", "ConfigMap", "Secret", "Lease", { apiVersion: "v1", kind: "Event" }] as const)
      for (const object of await hub.list(kind, namespace))
        said.push([nameOf(kind, object), kind === "Secret" ? shown(object, lists.includes(namespace)) : JSON.stringify(object)]);
  }
  return said;
}

function nameOf(kind: string | { readonly kind: string }, { metadata }: KubeObject): string {
  return `${typeof kind === "string" ? kind : kind.kind}/${metadata.namespace}/${metadata.name}`;
}

/** A Secret of a cluster manager may hold a credential wherever it likes. */
function shown({ data = {}, ...object }: KubeObject, isList: boolean): string {
  const others = isList ? Object.entries(data).filter(([key]) => key !== "config") : [];
  return JSON.stringify({ ...object, data: others.map(([key, text]) => [key, fromBase64(text)]) });
}

/** What went into the address of a request stands in the logs of servers and proxies. */
async function asked({ hub, user }: LoginWorld): Promise<readonly Said[]> {
  return (await hub.audit({ user })).map(({ uri }): Said => ["request", uri]);
}
