import { buildGoFloor, buildProgram, buildScript, type Script } from "./build.ts";

/** Everything that is started in a run, made ready once. */
export interface Tools {
  readonly program: string;
  readonly scripts: Readonly<Record<Script, string>>;
  /** The floor client in Go, where there is Go. */
  readonly go: string | undefined;
}

export async function makeTools(): Promise<Tools> {
  const [lists, propagation, writes, churn, stock] = await Promise.all(
    (["floor-lists", "floor-propagation", "floor-writes", "churn", "stock"] as const).map(buildScript),
  );
  return {
    program: buildProgram(),
    scripts: { "floor-lists": lists!, "floor-propagation": propagation!, "floor-writes": writes!, churn: churn!, stock: stock! },
    go: buildGoFloor(),
  };
}
