import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { whoAmI } from "./who.ts";

it.each([
  { when: "the server cannot say who somebody is", call: () => Promise.reject(new Error("404")) },
  { when: "it says nothing", call: () => Promise.resolve({ status: {} }) },
])("an order is signed with the account of the machine where $when", async ({ call }) => {
  expect(await whoAmI({ call })).toBe(userInfo().username);
});

it("an order is signed with the name that the server knows", async () => {
  expect(await whoAmI({ call: () => Promise.resolve({ status: { userInfo: { username: "ada@example.test" } } }) })).toBe(
    "ada@example.test",
  );
});
