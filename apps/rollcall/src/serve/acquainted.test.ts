import { Socket } from "node:net";
import { isRefusal, refusal } from "@rollcall/contract";
import { beforeEach, expect, it } from "vitest";
import { acquaintedWith, type Who } from "./acquainted.ts";

const file = { file: "tokens/argocd" };
let good: ReadonlySet<string>;
let edition: number;
let lookedUp: number;
let who: Who;

beforeEach(() => {
  [good, edition, lookedUp] = [new Set(["Bearer one"]), 1, 0];
  who = acquaintedWith({
    edition: () => edition,
    who(authorization = "") {
      lookedUp += 1;
      return good.has(authorization) ? file : refusal("Unauthorized", "it is not known");
    },
  });
});

it("whoever asks on is known; on another connection they say anew who they are", () => {
  const [mine, other] = [new Socket(), new Socket()];
  expect([who(mine, "Bearer one"), who(mine, "Bearer one")]).toEqual([file, file]);
  expect(lookedUp).toBe(1);
  expect(isRefusal(who(other, undefined))).toBe(true);
  expect(who(other, "Bearer one")).toBe(file);
  expect(lookedUp).toBe(3);
});

it.each(["Bearer two", "Bearer on", "bearer one", "", undefined])(
  "with the header %j nobody passes for who asked there before",
  (header) => {
    const socket = new Socket();
    who(socket, "Bearer one");
    expect(isRefusal(who(socket, header))).toBe(true);
  },
);

it("a token that is taken back is refused on a connection where it was good", () => {
  const socket = new Socket();
  who(socket, "Bearer one");
  [good, edition] = [new Set(), 2];
  expect(isRefusal(who(socket, "Bearer one"))).toBe(true);
});
