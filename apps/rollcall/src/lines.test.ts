import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { newLines } from "./lines.ts";

it("lines of one turn are written together and in their order, and none is lost when the end comes first", async () => {
  const written: string[] = [];
  const { write, flush } = newLines((text) => void written.push(text));
  write("a\n");
  write("b\n");
  expect(written).toEqual([]);
  await setImmediate();
  expect(written).toEqual(["a\nb\n"]);
  write("c\n");
  flush();
  await setImmediate();
  expect(written).toEqual(["a\nb\n", "c\n"]);
});
