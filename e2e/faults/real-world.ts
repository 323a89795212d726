import type { KubeObject } from "@rollcall/contract";
import { followHistory, startProxy, type Problems } from "@rollcall/testing";
import type { ControlPlane } from "../control-plane/src/index.ts";
import type { Program } from "../stories/program.ts";
import { realWorld } from "../stories/real-world.ts";
import { prod } from "../stories/telling.ts";
import { configOf, type ListSettings, type World } from "../stories/world.ts";
import { problemsAtTheEnd, type Ending } from "./ending.ts";
import type { Parts } from "./world.ts";

/** A world of the stories, on a real kube-apiserver, with everything that the oracles ask for. */
export interface RealFault extends AsyncDisposable {
  readonly world: World;
  publish(...names: readonly string[]): Promise<void>;
  /** The program that runs now. */
  readonly program: Program;
  start(list?: ListSettings): Promise<Program>;
  launch(list?: ListSettings): Promise<Program>;
  problems(ending?: Ending): Promise<Problems>;
  /** Forgets what happened so far, for when the server itself does. */
  anew(): Promise<void>;
}

export async function realFault<Config>(
  plane: ControlPlane,
  parts: Pick<Parts<Config, unknown>, "checkConfig" | "renderLists">,
): Promise<RealFault> {
  const world = await realWorld(plane);
  // The oracles look at the server by a way of their own.
  const window = await startProxy({ target: plane.url, ca: plane.ca });
  const follow = () => followHistory({ url: window.url, path: `/api/v1/namespaces/${world.argocd}/secrets`, token: plane.adminToken });
  let history = await follow();
  let run: { readonly program: Program; readonly from: number; readonly list: ListSettings } | undefined;

  async function started(list: ListSettings, begin: (list: ListSettings) => Promise<Program>): Promise<Program> {
    const from = world.proxy.requests.length;
    const program = await begin(list);
    run = { program, from, list };
    return program;
  }

  async function render(profiles: readonly KubeObject[]): Promise<readonly KubeObject[]> {
    const { config } = parts.checkConfig(configOf(world, "not-used", run!.list));
    return (await parts.renderLists(config!, profiles)).objects.map(({ object }) => object);
  }

  const publish = (...names: readonly string[]): Promise<void> => world.apply(...names.map((name) => prod(world, { name })));
  return {
    world,
    publish,
    get program() {
      return run!.program;
    },
    start: (list = {}) => started(list, (given) => world.start(given)),
    launch: (list = {}) => started(list, (given) => world.launch(given)),
    problems: (ending = {}) =>
      problemsAtTheEnd(
        {
          fleet: world.fleet,
          profiles: () => plane.list("ClusterProfile", world.fleet),
          secrets: () => world.secrets(),
          history,
          lines: run!.program.lines,
          requests: world.proxy.requests,
          from: run!.from,
          publish,
          render,
        },
        ending,
      ),
    async anew() {
      history.stop();
      history = await follow();
    },
    async [Symbol.asyncDispose]() {
      await world.close();
      history.stop();
      await window.stop();
    },
  };
}
