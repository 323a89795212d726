import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commandsIn } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "rollcall-exec-"));
const [first, second] = [join(folder, "first"), join(folder, "second")];
for (const each of [first, second]) mkdirSync(each);
afterAll(() => rmSync(folder, { recursive: true }));

function program(path: string): string {
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o755);
  return path;
}

describe("a command is found", () => {
  it("in the folders of the operator, in their order", () => {
    const [one, two] = [program(join(first, "both")), program(join(second, "both"))];
    expect(commandsIn([first, second])("both")).toBe(one);
    expect(commandsIn([second, first])("both")).toBe(two);
  });

  it("once: a program that is put before it later is another one", () => {
    const find = commandsIn([first, second]);
    expect(find("late")).toBeUndefined();
    const genuine = program(join(second, "late"));
    expect(find("late")).toBe(genuine);
    program(join(first, "late"));
    expect(find("late")).toBe(genuine);
  });

  it("by its whole path, wherever that is", () => {
    const plugin = program(join(folder, "plugin"));
    expect(commandsIn([])(plugin)).toBe(plugin);
  });

  it.each(["", ".", "..", "../plugin", "./both", "first/both", "both\0", "bo th"])(
    "never where somebody else could choose it: %j",
    (command) => {
      expect(commandsIn([first, "", ".", "relative"])(command)).toBeUndefined();
    },
  );

  it("in no folder that depends on where we are", () => {
    expect(commandsIn([relative(process.cwd(), first)])("both")).toBeUndefined();
  });

  it("only where it is a program", () => {
    writeFileSync(join(first, "text"), "");
    mkdirSync(join(first, "inner"));
    const find = commandsIn([first]);
    expect([find("text"), find("inner"), find(join(first, "text"))]).toEqual([undefined, undefined, undefined]);
  });
});
