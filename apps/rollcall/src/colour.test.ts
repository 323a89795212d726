import { expect, it } from "vitest";
import { coloured, paintFor, uncoloured } from "./colour.ts";

const terminal = { isTTY: true, env: {} };

it.each([
  { when: "on a terminal", flags: {}, canvas: terminal, then: coloured },
  { when: "in a pipe", flags: {}, canvas: { ...terminal, isTTY: false }, then: uncoloured },
  { when: "where NO_COLOR is set", flags: {}, canvas: { ...terminal, env: { NO_COLOR: "1" } }, then: uncoloured },
  { when: "where NO_COLOR is empty", flags: {}, canvas: { ...terminal, env: { NO_COLOR: "" } }, then: coloured },
  { when: "where they are not wanted", flags: { "no-color": true }, canvas: terminal, then: uncoloured },
  { when: "in a pipe that wants them", flags: { color: true }, canvas: { isTTY: false, env: { NO_COLOR: "1" } }, then: coloured },
])("the output has colours or none $when", ({ flags, canvas, then }) => {
  expect(paintFor(flags, canvas)).toBe(then);
});
