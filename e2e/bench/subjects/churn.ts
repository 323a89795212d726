// A cluster manager at work: heartbeats at an even pace, and among them now and then a change that matters.
import { setTimeout as sleep } from "node:timers/promises";
import { client } from "../../control-plane/src/request.ts";
import { now } from "../src/clock.ts";
import { benchProfile, heartbeat, movedTo, nameOf } from "../src/objects.ts";
import { say, told } from "./say.ts";

interface Told {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly namespace: string;
  readonly clusters: number;
  /** Updates a second, over all clusters. */
  readonly rate: number;
  readonly seconds: number;
  /** Every so many-th update matters; none where this is 0. */
  readonly everyth: number;
  /** A word that makes the addresses of this run its own. */
  readonly word: string;
}

const { url, ca, token, namespace, clusters, rate, seconds, everyth, word } = told() as Told;
const path = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${namespace}/clusterprofiles`;
const send = client(url, token, ca);
await send("GET", "/version");

say("started");
const began = now();
const total = Math.round(rate * seconds);
const sent = Array.from({ length: total }, (_, at) => update(at));
await Promise.all(sent);
say("done", { events: total });
send.close();

async function update(at: number): Promise<void> {
  const due = began + (at * 1000) / rate;
  await sleep(Math.max(0, due - now()));
  const cluster = at % clusters;
  const name = nameOf(cluster);
  const server = `https://${name}.${word}-${at}.example.test:6443`;
  const matters = everyth > 0 && at % everyth === everyth - 1;
  const change = matters ? movedTo(server, benchProfile(cluster, namespace)) : {};
  // The time of day makes every heartbeat another one, whatever was written before.
  const status = { ...heartbeat(Math.round(now() / 1000) + at), ...change };
  const { status: code, text } = await send("PATCH", `${path}/${name}/status`, { status });
  if (code !== 200) throw new Error(`the server answered ${code} ${text}`);
  if (matters) say("acked", { name, server });
}
