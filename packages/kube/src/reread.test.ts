import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reread } from "./reread.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("what hangs while it is read is given up and read anew, and whoever had a value goes on with it meanwhile", async () => {
  const read = vi.fn<() => Promise<string>>().mockResolvedValueOnce("first");
  read.mockReturnValueOnce(new Promise(() => {})).mockResolvedValueOnce("second");
  const value = reread(read);
  await expect(value()).resolves.toBe("first");
  vi.advanceTimersByTime(60_000);
  const waits = value();
  await vi.advanceTimersByTimeAsync(2000);
  await expect(waits).resolves.toBe("first");
  await vi.advanceTimersByTimeAsync(29_000);
  expect(read).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(2000);
  await expect(value()).resolves.toBe("second");
  expect(vi.getTimerCount()).toBe(0);
});

it("a first value that hangs is an error in the end", async () => {
  const value = reread(() => new Promise(() => {}));
  await Promise.all([expect(value()).rejects.toThrow("no answer within 30000 ms"), vi.advanceTimersByTimeAsync(30_000)]);
});
