import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { notYaml } from "./one-line.ts";
import { fromYaml } from "./yaml.ts";

function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return error instanceof Error && error.message.startsWith("f ") ? error.message : notYaml("f", error);
  }
  throw new Error("it was read");
}

describe("a file that is no YAML is complained about without what stands in it", () => {
  it.each([
    ["a value that begins with a star", "value: *canary", "Unresolved alias"],
    ["a value that begins with a bar", "value: |canary", "at line 1, column 9"],
    ["a value that begins with an angle", "a: 1\nvalue: >canary", "at line 2, column 9"],
    ["a value with a backslash", 'value: "\\canary"', "BAD_DQ_ESCAPE at line 1"],
    ["a value that begins with a percent sign", "value: %canary", "Plain value cannot start with"],
    ["two values", "value: 'canary' canary", "at line 1"],
    ["a value without its end", 'value: "canary', "Missing closing"],
    ["a key twice", "canary: 1\ncanary: 2", "Map keys must be unique at line 2"],
  ])("%s", (_, text, says) => {
    for (const said of [complaint(() => parse(text, { logLevel: "error" })), complaint(() => fromYaml("f", text))]) {
      expect(said).toContain(`f is not YAML that can be read: `);
      expect(said).toContain(says);
      expect(said).not.toMatch(/canary|\n/);
    }
  });
});
