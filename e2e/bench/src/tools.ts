import { buildGoFloor, buildProgram, buildScript, type Script } from "./build.ts";

/** Everything that is started in a run, made ready once. */
export interface Tools {
  readonly program: string;
  readonly scripts: Readonly<Record<Script, string>>;
  /** The floor client in Go, where there is Go. */
  readonly go: string | undefined;
}

const names = ["floor-lists", "floor-propagation", "floor-writes", "floor-answers", "churn", "stock", "asker", "loop-watch"] as const;

export async function makeTools(): Promise<Tools> {
  const built = await Promise.all(names.map(async (name) => [name, await buildScript(name)] as const));
  return { program: buildProgram(), scripts: Object.fromEntries(built) as Tools["scripts"], go: buildGoFloor() };
}
