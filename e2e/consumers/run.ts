import { spawnSync } from "node:child_process";

// The rest is for vitest: a file, or -t and a word.
const [full, rest] = [process.argv.includes("--full"), process.argv.slice(2).filter((each) => each !== "--full")];
const projects = ["--project", "consumers", ...(full ? ["--project", "consumers-full"] : [])];
process.exitCode = spawnSync("vitest", ["run", ...projects, ...rest], { stdio: "inherit" }).status ?? 1;
