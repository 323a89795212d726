// The least that it takes to carry a change from a profile to its Secret: a raw watch, and a patch of what differs.
import { Client, Pool } from "undici";
import { say, stay, told } from "./say.ts";

interface Told {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly profiles: string;
  readonly secrets: string;
  /** Put before the name of a profile, it gives the name of its Secret. */
  readonly prefix: string;
}

interface Profile {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly status: { readonly accessProviders: readonly { readonly cluster: { readonly server: string } }[] };
}

const { url, ca, token, profiles, secrets, prefix } = told() as Told;
const authorization = `Bearer ${token}`;
const reading = new Client(url, { connect: { ca }, allowH2: false, bodyTimeout: 0 });
const writing = new Pool(url, { connect: { ca }, allowH2: false, connections: 16 });
const servers = new Map<string, string>();

stay();
say("started");
const { body } = await reading.request({ method: "GET", path: profiles, headers: { authorization } });
const { items, metadata } = (await body.json()) as {
  readonly items: readonly Profile[];
  readonly metadata: { readonly resourceVersion: string };
};
for (const each of items) servers.set(each.metadata.name, serverOf(each));
const watch = `${profiles}?watch=1&resourceVersion=${metadata.resourceVersion}`;
const { body: events } = await reading.request({ method: "GET", path: watch, headers: { authorization } });
say("ready");

let rest = "";
for await (const chunk of events) {
  const lines = (rest + String(chunk)).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) take((JSON.parse(line) as { readonly object: Profile }).object);
}

function take(profile: Profile): void {
  const { name } = profile.metadata;
  const server = serverOf(profile);
  if (servers.get(name) === server) return;
  servers.set(name, server);
  void patch(`${secrets}/${prefix}${name}`, JSON.stringify({ data: { server: Buffer.from(server).toString("base64") } }));
}

async function patch(path: string, body: string): Promise<void> {
  const headers = { authorization, "content-type": "application/merge-patch+json" };
  const answer = await writing.request({ method: "PATCH", path, headers, body });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`the server answered ${answer.statusCode}`);
}

function serverOf({ status }: Profile): string {
  return status.accessProviders[0]!.cluster.server;
}
