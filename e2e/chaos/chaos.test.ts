import { expect, it } from "vitest";
import { chaos } from "./run.ts";

it("every program is killed, stopped and paused at random while the world changes: nobody goes who should not, and in the end all is as it should be", async () => {
  const said: string[] = [];
  const { problems, counts } = await chaos({ seed: 1, minutes: 1.2, say: (line) => said.push(line) });
  if (problems.length > 0) process.stderr.write(`${said.join("\n")}\n`);
  expect(problems).toEqual([]);
  expect(Math.min(counts["creates"]!, counts["patches"]!, counts["deletes"]!)).toBeGreaterThan(5);
}, 420_000);
