import { parseArgs } from "node:util";
import { chaos } from "./run.ts";

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? 5);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(minutes > 0 && Number.isInteger(seed))) throw new Error("say: npm run chaos -- --minutes N --seed S, with S a whole number");

const { problems, counts } = await chaos({ minutes, seed, say: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(
  `${Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(", ")}\n`,
);
if (problems.length === 0) process.stdout.write("nothing was wrong\n");
else {
  process.stdout.write(
    `${problems.join("\n")}\n${problems.length} problems; once more: npm run chaos -- --minutes ${minutes} --seed ${seed}\n`,
  );
  process.exitCode = 1;
}
