import { refusalOf } from "@rollcall/contract";
import { findPrograms, ownPrograms } from "./binaries.ts";
import { buildPrograms } from "./build.ts";

const say = (line: string): void => void process.stderr.write(`e2e: ${line}\n`);

try {
  const programs = findPrograms() ?? ownPrograms(await buildPrograms(say));
  say(`the control plane is ${programs.command["kube-apiserver"][0]}`);
} catch (error) {
  say(refusalOf(error).message);
  process.exitCode = 1;
}
