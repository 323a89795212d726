import { setTimeout as sleep } from "node:timers/promises";
import { decision } from "@rollcall/testing";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { applicationSet, applicationSetsIn } from "../src/application-sets.ts";
import { fleet, target, type Answering, type AnsweringProgram } from "../src/answering.ts";
import { now } from "../src/clock.ts";
import { nameOf } from "../src/objects.ts";
import { watching, type Watching } from "../src/watching.ts";

/** Case i: a decision names one more cluster. Milliseconds since the change was sent. */
export interface Following {
  readonly n: number;
  /** In turn with the others: an annotation of an ApplicationSet is sent to the same server, until a watch has seen it. */
  readonly floor: readonly number[];
  /** Until whoever asks without a pause is told so. */
  readonly answer: readonly number[];
  /** Until a watch has seen that the ApplicationSet that asks is told to ask again; nobody asks meanwhile. */
  readonly told: readonly number[];
}

const decisions = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${fleet}/placementdecisions`;
const sets = applicationSetsIn(target);
const name = "following";
const question = { list: "argocd", placement: { name } };
const refresh = "argocd.argoproj.io/application-set-refresh";
/** Clusters that it names at first. */
const atFirst = 10;
/** The first of them find nothing compiled and no connection. */
const unmeasured = 3;
/** Nobody is told twice within two seconds. */
const rest = 2500;

export async function following(answering: Answering, changes: number): Promise<Following> {
  const { n, rig } = answering;
  const { plane } = rig;
  // One without a key is written at once, so that nobody waits for it to settle.
  await send(plane, "POST", decisions, naming(atFirst));
  await send(plane, "POST", sets, applicationSet("still"));
  await send(plane, "POST", sets, applicationSet("web", question.placement));
  const watch = await watching(plane, sets);
  const program = await answering.start();
  const [floor, answer, told]: [number[], number[], number[]] = [[], [], []];
  let size = atFirst;
  try {
    await sleep(2000);
    for (let at = 0; at < changes + unmeasured; at += 1) {
      floor.push(await annotate(plane, watch, `${at}`));
      await sleep(100);
      answer.push(await changeAndAsk(plane, program, ++size));
      await sleep(100);
    }
    for (let at = 0; at < changes / 4; at += 1) {
      await sleep(rest);
      told.push(await changeAndWait(plane, watch, ++size));
    }
    return { n, floor: floor.slice(unmeasured), answer: answer.slice(unmeasured), told };
  } finally {
    watch.close();
    await program.stop();
  }
}

async function annotate(plane: ControlPlane, watch: Watching, value: string): Promise<number> {
  const sent = now();
  await send(plane, "PATCH", `${sets}/still`, { metadata: { annotations: { [refresh]: value } } });
  return (await watch.saw(({ metadata }) => metadata.name === "still" && metadata.annotations?.[refresh] === value)) - sent;
}

async function changeAndAsk(plane: ControlPlane, program: AnsweringProgram, size: number): Promise<number> {
  const ask = async (): Promise<string> => {
    const { status, headers, body } = await program.ask(question);
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

async function changeAndWait(plane: ControlPlane, watch: Watching, size: number): Promise<number> {
  const sent = now();
  await send(plane, "PATCH", `${decisions}/${name}`, naming(size));
  return (await watch.saw(({ metadata }) => metadata.name === "web" && metadata.annotations?.[refresh] !== undefined, sent)) - sent;
}

function naming(size: number): object {
  return decision({ name, namespace: fleet, of: Array.from({ length: size }, (_, at) => nameOf(at)) });
}

async function send({ admin }: ControlPlane, method: string, path: string, body: object): Promise<void> {
  const { status, text } = await admin(method, path, body);
  if (status >= 300) throw new Error(`the bench could not write an object: ${status} ${text}`);
}
