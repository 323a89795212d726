import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { profile } from "@rollcall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { configOf } from "../stories/world.ts";
import { buildProgram } from "./src/build.ts";

const run = promisify(execFile);

describe("the program as one file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rollcall-bundle-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("renders a list, far from anything that it was made of", async () => {
    const program = join(folder, "rollcall.js");
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    await writeFile(program, await readFile(buildProgram()));
    await writeFile(
      join(folder, "config.yaml"),
      stringify(configOf({ fleet: "fleet", argocd: "argocd", state: "rollcall" }, "kubeconfig")),
    );
    await writeFile(join(folder, "profiles.yaml"), stringify(profile({ name: "paris", labels: { env: "prod" } })));
    const args = [program, "render", "--config", "config.yaml", "-f", "profiles.yaml"];
    const { stdout } = await run(process.execPath, args, { cwd: folder });
    expect(stdout).toContain("name: fleet.paris");
  });
});
