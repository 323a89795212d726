import { refusalOf } from "@rollcall/contract";
import { prepareArgoCd } from "./binary.ts";

const say = (line: string): void => void process.stderr.write(`e2e: ${line}\n`);

try {
  say(`Argo CD is ${await prepareArgoCd(say)}`);
} catch (error) {
  say(refusalOf(error).message);
  process.exitCode = 1;
}
