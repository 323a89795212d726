import { setTimeout as sleep } from "node:timers/promises";
import { decision } from "@rollcall/testing";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { fleet, type Answering, type AnsweringProgram } from "../src/answering.ts";
import { now } from "../src/clock.ts";
import { nameOf } from "../src/objects.ts";
import { watching, type Watching } from "../src/watching.ts";

/** Case i: a decision names one more cluster. Milliseconds since the change was sent. */
export interface Following {
  readonly n: number;
  /** In turn with the others: an annotation is sent to the same server, until a watch has seen it. */
  readonly floor: readonly number[];
  /** Until whoever asks without a pause is told so. */
  readonly answer: readonly number[];
}

const decisions = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${fleet}/placementdecisions`;
const name = "following";
/** Clusters that it names at first. */
const atFirst = 20;

export async function following(answering: Answering, changes: number): Promise<Following> {
  const { n, rig } = answering;
  const { plane } = rig;
  // One without a key is written at once, so that nobody waits for it to settle.
  await send(plane, "POST", decisions, naming(atFirst));
  await send(plane, "POST", decisions, decision({ name: "still", namespace: fleet, of: [nameOf(0)] }));
  const watch = await watching(plane, decisions);
  const program = await answering.start();
  try {
    await sleep(2000);
    const floor: number[] = [];
    const answer: number[] = [];
    for (let at = 0; at < changes + 3; at += 1) {
      floor.push(await annotate(plane, watch, `${at}`));
      await sleep(100);
      answer.push(await changeAndAsk(plane, program, atFirst + at + 1));
      await sleep(100);
    }
    // The first of them find nothing compiled and no connection.
    return { n, floor: floor.slice(3), answer: answer.slice(3) };
  } finally {
    watch.close();
    await program.stop();
  }
}

async function annotate(plane: ControlPlane, watch: Watching, value: string): Promise<number> {
  const key = "bench.example.test/value";
  const sent = now();
  await send(plane, "PATCH", `${decisions}/still`, { metadata: { annotations: { [key]: value } } });
  return (await watch.saw(({ metadata }) => metadata.annotations?.[key] === value)) - sent;
}

async function changeAndAsk(plane: ControlPlane, program: AnsweringProgram, size: number): Promise<number> {
  const ask = async (): Promise<string> => {
    const { status, headers, body } = await program.ask({ list: "argocd", placement: { name } });
    if (status !== 200) throw new Error(`the decision was answered with ${status}: ${body.toString()}`);
    return String(headers["rollcall-generation"]);
  };
  const before = await ask();
  const sent = now();
  const written = send(plane, "PATCH", `${decisions}/${name}`, naming(size));
  while ((await ask()) === before) if (now() - sent > 30_000) throw new Error("the answer did not change in 30 s");
  const took = now() - sent;
  await written;
  return took;
}

function naming(size: number): object {
  return decision({ name, namespace: fleet, of: Array.from({ length: size }, (_, at) => nameOf(at)) });
}

async function send({ admin }: ControlPlane, method: string, path: string, body: object): Promise<void> {
  const { status, text } = await admin(method, path, body);
  if (status >= 300) throw new Error(`the bench could not write a decision: ${status} ${text}`);
}
