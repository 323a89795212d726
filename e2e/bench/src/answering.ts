import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { rightsOf } from "../../stories/rights.ts";
import { configOf } from "../../stories/world.ts";
import { cold } from "../cases/cold.ts";
import { serveApplicationSets } from "./application-sets.ts";
import { askers, type Asking } from "./asking.ts";
import { fillFleet } from "./fill.ts";
import { startRig, type Rig } from "./rig.ts";
import { launch, type Line, type Subject } from "./subject.ts";
import type { Tools } from "./tools.ts";

/** The namespace of the profiles and decisions, and that of the Secrets. */
export const fleet = "fleet";
export const target = "argocd";

/** A fleet with a list that stands at its target, and a program that can be started to answer for it. */
export interface Answering {
  readonly rig: Rig;
  readonly n: number;
  readonly token: string;
  /** Starts the program; it has gone through its list when this returns. */
  start(): Promise<AnsweringProgram>;
  stop(): Promise<void>;
}

export interface AnsweringProgram extends Asking {
  readonly subject: Subject;
  /** For how long its loop stood still at most since this was asked last, in milliseconds. */
  loop(): Promise<Line>;
  stop(): Promise<void>;
}

/** Makes all that, in some minutes where there are many clusters. */
export async function prepareAnswering(n: number, { program, scripts }: Tools, flags: readonly string[]): Promise<Answering> {
  const rig = await startRig({ audit: false });
  const { plane } = rig;
  try {
    const state = "rollcall";
    for (const name of [fleet, target, state]) await plane.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    await serveApplicationSets(plane);
    await fillFleet(plane, fleet, n);
    const token = randomBytes(32).toString("hex");
    const file = join(plane.dir, "token");
    await writeFile(file, token);
    const path = join(plane.dir, "config.yaml");
    const write = (kubeconfig: string): Promise<void> => writeFile(path, stringify(configWith(kubeconfig, state, file)));
    await write("not-made-yet");
    const account = { name: "rollcall", namespace: state };
    const { kubeconfig } = await plane.account(account.name, account.namespace, await rightsOf(path, account));
    await write(kubeconfig);

    const command = [process.execPath, `--import=${scripts["loop-watch"]}`, ...flags, program, "sync", "--config", path];
    const begin = (): Subject => launch(command, ["started", "answering", "list gone through", "loop"]);
    await cold(rig, target, n, begin);
    return {
      rig,
      n,
      token,
      stop: () => rig.stop(),
      async start() {
        const subject = begin();
        const { url } = await subject.says("answering", 60);
        await subject.says("list gone through", 300);
        const asking = askers(url!, token);
        const stop = async (): Promise<void> => {
          await asking.close();
          await subject.stop();
        };
        return { ...asking, subject, loop: () => loopOf(subject), stop };
      },
    };
  } catch (error) {
    await rig.stop();
    throw error;
  }
}

function configWith(kubeconfig: string, state: string, file: string): object {
  const config = configOf({ fleet, argocd: target, state }, kubeconfig) as { readonly inventory: object };
  return {
    ...config,
    // How long a decision settles is the config's to say, and not what is measured.
    inventory: { ...config.inventory, placements: { settle: { one: "1s", several: "1s" } } },
    serve: { listen: "127.0.0.1:0", tokens: [{ file }], refresh: { argocd: { namespaces: [target] } } },
  };
}

async function loopOf(subject: Subject): Promise<Line> {
  const said = subject.next("loop");
  process.kill(subject.pid, "SIGUSR2");
  return said;
}
