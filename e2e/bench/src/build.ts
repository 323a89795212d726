import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = here("../../dist/bench");

/** Makes our program one file, by the script that ships it. */
export function buildProgram(): string {
  const file = join(folder, "rollcall.js");
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [here("../../../apps/rollcall/build.mjs"), file], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the program could not be made one file:\n${stderr}`);
  return file;
}

/** Every process that the bench starts beside our program. */
export type Script = "floor-writes" | "floor-lists" | "floor-propagation" | "floor-answers" | "churn" | "stock" | "asker" | "loop-watch";

/** Makes JavaScript of one of them, so that none pays for the reading of TypeScript; packages stay where they are. */
export async function buildScript(name: Script): Promise<string> {
  const file = join(folder, `${name}.js`);
  const input = here(`../subjects/${name}.ts`);
  const external = (id: string): boolean => /^[^./]/.test(id) && !id.startsWith("@rollcall/");
  const bundle = await rolldown({ input, external, platform: "node", resolve: { conditionNames: ["@rollcall/source", "import"] } });
  await bundle.write({ file, format: "esm", codeSplitting: false });
  await bundle.close();
  return file;
}

/** The floor client in Go; undefined on a machine without it. */
export function buildGoFloor(): string | undefined {
  const file = join(folder, "floor-go");
  const { status, error, stderr } = spawnSync("go", ["build", "-trimpath", "-buildvcs=false", "-o", file, "."], {
    cwd: here("../go"),
    encoding: "utf8",
    env: { ...process.env, CGO_ENABLED: "0" },
  });
  if (error !== undefined) return undefined;
  if (status !== 0 || !existsSync(file)) throw new Error(`the Go floor client could not be built:\n${stderr}`);
  return file;
}
