import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./errors.ts";
import { workQueue, type Queue, type QueueOptions } from "./queue.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Watched {
  readonly queue: Queue;
  /** Keys in the order in which their work began. */
  readonly began: readonly string[];
  /** Keys at work, with what ends them. */
  readonly open: Map<string, PromiseWithResolvers<number | void>>;
  /** Keys that were at work twice at once. */
  readonly twice: readonly string[];
  readonly finish: (key: string, again?: number) => Promise<void>;
  readonly fail: (key: string, error?: unknown) => Promise<void>;
}

/** A queue whose work ends when the test says so. */
function watched(options: Omit<QueueOptions, "work"> = {}): Watched {
  const began: string[] = [];
  const twice: string[] = [];
  const open = new Map<string, PromiseWithResolvers<number | void>>();
  async function end(key: string, how: (work: PromiseWithResolvers<number | void>) => void): Promise<void> {
    const work = open.get(key)!;
    open.delete(key);
    how(work);
    await vi.advanceTimersByTimeAsync(0);
  }
  const work = (key: string): Promise<number | void> => {
    if (open.has(key)) twice.push(key);
    began.push(key);
    open.set(key, Promise.withResolvers<number | void>());
    return open.get(key)!.promise;
  };
  return {
    queue: workQueue({ work, ...options }),
    began,
    open,
    twice,
    finish: (key, again) => end(key, ({ resolve }) => resolve(again)),
    fail: (key, error = new Error("no")) => end(key, ({ reject }) => reject(error)),
  };
}

describe("work by key", () => {
  it("makes one look of many asks", async () => {
    const { queue, began, finish } = watched({ concurrency: 1 });
    for (const key of ["other", "paris", "paris", "paris"]) queue.add(key);
    await finish("other");
    await finish("paris");
    expect(began).toEqual(["other", "paris"]);
  });

  it("never has one key at work twice, and looks again when asked meanwhile", async () => {
    const { queue, began, finish } = watched();
    queue.add("paris");
    queue.add("paris");
    queue.add("paris");
    expect(began).toEqual(["paris"]);
    await finish("paris");
    expect(began).toEqual(["paris", "paris"]);
    await finish("paris");
    expect(began).toHaveLength(2);
  });

  it("works on no more keys at once than it may, and takes them in their order", async () => {
    const { queue, began, open, finish } = watched({ concurrency: 2 });
    for (const key of ["a", "b", "c", "d"]) queue.add(key);
    expect([...open.keys()]).toEqual(["a", "b"]);
    await finish("b");
    expect([...open.keys()]).toEqual(["a", "c"]);
    await finish("a");
    expect(began).toEqual(["a", "b", "c", "d"]);
  });

  it("starts every add with a run that begins after it, whatever happens meanwhile", async () => {
    const key = fc.constantFrom("a", "b", "c");
    const command = fc.oneof(
      fc.record({ does: fc.constant("add" as const), key, after: fc.constantFrom(0, 0, 0, 5, 50) }),
      fc.record({ does: fc.constant("finish" as const), key, again: fc.constantFrom(undefined, undefined, 10) }),
      fc.record({ does: fc.constant("fail" as const), key }),
      fc.record({ does: fc.constant("wait" as const), key, milliseconds: fc.nat(80) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), async (commands, concurrency) => {
        const { queue, began, open, twice, finish, fail } = watched({ concurrency, firstRetry: 20 });
        const owed = new Map<string, number>();
        for (const each of commands) {
          if (each.does === "add") owed.set(each.key, began.length);
          if (each.does === "add") queue.add(each.key, each.after);
          else if (each.does === "wait") await vi.advanceTimersByTimeAsync(each.milliseconds);
          else if (open.has(each.key)) await (each.does === "finish" ? finish(each.key, each.again) : fail(each.key));
          expect(open.size).toBeLessThanOrEqual(concurrency);
        }
        while (open.size > 0 || vi.getTimerCount() > 0) {
          for (const running of open.keys()) await finish(running);
          await vi.advanceTimersByTimeAsync(40_000);
        }
        for (const [key, since] of owed) expect(began.slice(since)).toContain(key);
        expect(twice).toEqual([]);
        await queue.idle();
      }),
      { numRuns: 200 },
    );
  });
});

describe("looking again later", () => {
  it("happens when the time has come", async () => {
    const { queue, began } = watched();
    queue.add("paris", 1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(began).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(began).toEqual(["paris"]);
  });

  it.each([
    { asks: [5000, 1000], name: "a sooner ask goes before a later one" },
    { asks: [1000, 5000], name: "a later ask does not put off a sooner one" },
  ])("$name", async ({ asks }) => {
    const { queue, began, finish } = watched();
    for (const after of asks) queue.add("paris", after);
    await vi.advanceTimersByTimeAsync(1000);
    await finish("paris");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(began).toEqual(["paris"]);
  });

  it("is spared by a look that happens now", async () => {
    const { queue, began, finish } = watched();
    queue.add("paris", 1000);
    queue.add("paris");
    await finish("paris");
    await vi.advanceTimersByTimeAsync(2000);
    expect(began).toEqual(["paris"]);
  });

  it("can be what the work asks for, and never at once", async () => {
    const { queue, began, finish } = watched();
    queue.add("paris");
    await finish("paris", 0);
    expect(began).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(began).toHaveLength(2);
    await finish("paris", 60_000);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(began).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(began).toHaveLength(3);
  });

  it("may be months away without coming at once", async () => {
    const { queue, began } = watched();
    queue.add("paris", 90 * 24 * 3_600_000);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(began).toEqual([]);
    await queue.close();
  });
});

describe("work that fails", () => {
  it("is tried again by itself, each time later, until it succeeds", async () => {
    const waits: number[] = [];
    const { queue, began, finish, fail } = watched({ firstRetry: 100, onError: (key, _, retryIn) => waits.push(retryIn) });
    queue.add("paris");
    for (const ceiling of [100, 200, 400]) {
      await fail("paris");
      const wait = waits.at(-1)!;
      expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
      expect(wait).toBeLessThanOrEqual(ceiling);
      await vi.advanceTimersByTimeAsync(wait);
    }
    expect(began).toHaveLength(4);
    await finish("paris");
    queue.add("paris");
    await fail("paris");
    expect(waits.at(-1)).toBeLessThanOrEqual(100);
  });

  it("says which key failed and why", async () => {
    const onError = vi.fn();
    const { queue, fail } = watched({ onError });
    queue.add("paris");
    const error = new Error("no");
    await fail("paris", error);
    expect(onError).toHaveBeenCalledExactlyOnceWith("paris", error, expect.any(Number));
  });

  it("waits as long as the server asks for", async () => {
    const { queue, began, fail } = watched();
    queue.add("paris");
    await fail("paris", new ApiError(429, "TooManyRequests", "slow down", 7000));
    await vi.advanceTimersByTimeAsync(6999);
    expect(began).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(began).toHaveLength(2);
  });

  it("does not delay anybody else", async () => {
    const { queue, began, finish, fail } = watched({ concurrency: 1 });
    queue.add("broken");
    queue.add("paris");
    await fail("broken");
    expect(began).toEqual(["broken", "paris"]);
    await finish("paris");
    queue.add("oslo");
    expect(began).toEqual(["broken", "paris", "oslo"]);
  });

  it("does not wait when there is news of its key", async () => {
    const { queue, began, fail } = watched();
    queue.add("paris");
    await fail("paris");
    queue.add("paris");
    expect(began).toEqual(["paris", "paris"]);
  });

  it("is a failure like any other when it throws before it begins to wait", async () => {
    const onError = vi.fn();
    const queue = workQueue({
      onError,
      work: () => {
        throw new Error("at once");
      },
    });
    queue.add("paris");
    await queue.idle();
    expect(onError).toHaveBeenCalledOnce();
    await queue.close();
  });
});

describe("the end", () => {
  it("is idle when nothing is due or at work", async () => {
    const { queue, finish } = watched({ concurrency: 1 });
    await queue.idle();
    queue.add("paris");
    queue.add("oslo");
    const idle = vi.fn();
    void queue.idle().then(idle);
    await finish("paris");
    expect(idle).not.toHaveBeenCalled();
    await finish("oslo");
    expect(idle).toHaveBeenCalledOnce();
  });

  it("waits for what is at work and takes no more", async () => {
    const { queue, began, finish } = watched({ concurrency: 1 });
    for (const key of ["paris", "paris", "oslo"]) queue.add(key);
    queue.add("rome", 100);
    const closed = vi.fn();
    void queue.close().then(closed);
    expect(vi.getTimerCount()).toBe(0);
    queue.add("bern");
    await vi.advanceTimersByTimeAsync(1000);
    expect(closed).not.toHaveBeenCalled();
    await finish("paris", 10);
    expect(closed).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(began).toEqual(["paris"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not try again what fails while it closes", async () => {
    const { queue, began, fail } = watched();
    queue.add("paris");
    const closed = queue.close();
    await fail("paris");
    await closed;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(began).toEqual(["paris"]);
  });
});
