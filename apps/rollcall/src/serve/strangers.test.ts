import { expect, it } from "vitest";
import { newStrangers } from "./strangers.ts";

function at(now: () => number): (address: string, times: number) => readonly (number | undefined)[] {
  const strangers = newStrangers({ atOnce: 3, oneMoreAfter: 6000, now });
  return (address, times) => Array.from({ length: times }, () => strangers.failed(address)?.seconds);
}

it("who fails again and again waits, and after a while may fail again", () => {
  let now = 0;
  const fail = at(() => now);
  expect(fail("10.0.0.1", 5)).toEqual([undefined, undefined, undefined, 6, 6]);
  now = 4000;
  expect(fail("10.0.0.1", 1)).toEqual([2]);
  now = 6000;
  expect(fail("10.0.0.1", 2)).toEqual([undefined, 6]);
  now = 60_000;
  expect(fail("10.0.0.1", 4)).toEqual([undefined, undefined, undefined, 6]);
});

it("another address does not wait with him", () => {
  const fail = at(() => 0);
  fail("10.0.0.1", 5);
  expect(fail("10.0.0.2", 1)).toEqual([undefined]);
});

it.each([
  ["::ffff:10.0.0.1", "10.0.0.1"],
  ["2001:db8:1:2::1", "2001:db8:1:2:ffff:1:2:3"],
  ["2001:db8::1", "2001:db8:0:0:9::1"],
  ["fe80::1%eth0", "fe80::2%eth0"],
])("%s and %s are one stranger", (one, other) => {
  const fail = at(() => 0);
  fail(one, 3);
  expect(fail(other, 1)).toEqual([6]);
});

it("two networks of version 6 are two strangers", () => {
  const fail = at(() => 0);
  fail("2001:db8:1:2::1", 3);
  expect(fail("2001:db8:1:3::1", 1)).toEqual([undefined]);
});

it("is told apart where it is the first time that he has to wait", () => {
  const strangers = newStrangers({ atOnce: 1, now: () => 0 });
  expect([1, 2, 3].map(() => strangers.failed("10.0.0.1")?.isFirst)).toEqual([undefined, true, false]);
});

it("a whole internet of strangers takes no more room than ten thousand", () => {
  const strangers = newStrangers({ atOnce: 1, now: () => 0 });
  strangers.failed("10.0.0.1");
  for (let one = 0; one < 10_000; one += 1) strangers.failed(`11.0.${one >> 8}.${one & 255}`);
  expect(strangers.failed("10.0.0.1")).toBeUndefined();
});
