import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newGate, type Gate } from "./gate.ts";
import { inTurn, says, scripted } from "./scripted.test.helper.ts";
import { openTransport } from "./transport.ts";

describe("calls in flight", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const patience = 10_000;
  const now = (): number => performance.now();
  const later = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

  /** Takes all turns that there are; the answer gives them back. */
  function takeAll(gate: Gate): { readonly turns: number; readonly leave: (struggles: boolean) => void } {
    const began = now();
    let turns = 0;
    const stop = new AbortController();
    for (;;) {
      const waits = gate.enter(patience, "GET /", stop.signal);
      if (waits === undefined) turns += 1;
      else {
        waits.catch(() => {});
        stop.abort();
        return { turns, leave: (struggles) => Array.from({ length: turns }).forEach(() => gate.leave(began, struggles)) };
      }
    }
  }

  /** Wants so many turns, and knows how many it has got. */
  function want(gate: Gate, turns: number): () => number {
    let got = 0;
    for (let n = 0; n < turns; n += 1) void Promise.resolve(gate.enter(patience, "GET /")).then(() => (got += 1));
    return () => got;
  }

  it("are no more than was said, and one is done before the next begins", async () => {
    const gate = newGate({ most: 3 });
    const got = want(gate, 5);
    await later(0);
    expect(got()).toBe(3);
    gate.leave(now(), false);
    await later(0);
    expect(got()).toBe(4);
  });

  it("are halved by each round in which the server struggles, down to four, and grow again while it does well", async () => {
    const gate = newGate({ most: 32 });
    for (const turns of [32, 16, 8, 4, 4]) {
      await later(1);
      const all = takeAll(gate);
      expect(all.turns).toBe(turns);
      await later(1);
      all.leave(true);
    }
    const rounds: number[] = [];
    for (let round = 0; round < 40; round += 1) {
      const all = takeAll(gate);
      rounds.push(all.turns);
      all.leave(false);
    }
    expect(rounds.slice(0, 3)).toEqual([4, 4, 5]);
    expect(rounds.at(-1)).toBe(32);
  });

  it("may be fewer than four where that was said", async () => {
    const gate = newGate({ most: 2 });
    await later(1);
    takeAll(gate).leave(true);
    expect(takeAll(gate).turns).toBe(2);
  });

  it("wait for the pause that the server has asked for", async () => {
    const gate = newGate({ most: 3 });
    gate.pause(500);
    gate.pause(100);
    const got = want(gate, 2);
    await later(499);
    expect(got()).toBe(0);
    await later(2);
    expect(got()).toBe(2);
  });

  it("are refused at once with the time to wait, when the pause is longer than they can wait", async () => {
    const gate = newGate({ most: 3 });
    gate.pause(60_000);
    await expect(gate.enter(patience, "POST /secrets")).rejects.toMatchObject({
      status: 429,
      retryAfter: 60_000,
      message: "POST /secrets: not sent, the server has asked for a pause",
    });
  });

  it("are as many a second as was said, with a second's worth at once after a rest", async () => {
    const gate = newGate({ most: 100, qps: 5 });
    const got = want(gate, 9);
    const counts: number[] = [];
    for (const wait of [0, 199, 2, 200, 200, 200]) {
      await later(wait);
      counts.push(got());
    }
    expect(counts).toEqual([5, 5, 6, 7, 8, 9]);
    await later(10_000);
    expect(takeAll(gate).turns).toBe(5);
  });

  it("wait no longer than they can, and give their place up", async () => {
    const gate = newGate({ most: 1 });
    want(gate, 1);
    const second = gate.enter(patience, "GET /version");
    const message = "GET /version: not sent, it was not its turn for 10000 ms";
    await Promise.all([expect(second).rejects.toMatchObject({ reason: "Unreachable", message }), later(patience)]);
    gate.leave(now(), false);
    expect(takeAll(gate).turns).toBe(1);
  });

  it("stop to wait when they are told to, and leave nothing behind", async () => {
    const gate = newGate({ most: 1 });
    want(gate, 1);
    const stop = new AbortController();
    const second = gate.enter(patience, "GET /", stop.signal);
    stop.abort();
    await expect(second).rejects.toThrow("told to stop");
    await expect(gate.enter(patience, "GET /", stop.signal)).rejects.toThrow("told to stop");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that wait are told when the transport closes", async () => {
    const gate = newGate({ most: 3 });
    gate.pause(500);
    const waits = gate.enter(patience, "GET /");
    gate.close();
    await expect(waits).rejects.toThrow("closed");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a server that", () => {
  const get = { method: "GET", path: "/api/v1/secrets" } as const;
  const post = { ...get, method: "POST", body: {} } as const;
  const watched = says(200, '{"kind":"Secret"}\n', { "content-type": "application/json" });

  it("asks one call for a pause gets it from all calls, but not from watches", async () => {
    await using server = await scripted(inTurn(says(429, "slow down", { "retry-after": "0.3" }), watched));
    await expect(server.transport.call(post)).rejects.toMatchObject({ status: 429, retryAfter: 300 });
    const begin = performance.now();
    const calls = [server.transport.call(get), server.transport.call(post)];
    await server.transport.lines(get);
    expect(performance.now() - begin).toBeLessThan(250);
    await Promise.all(calls);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(290);
  });

  it.each([
    { what: "asks for nothing is asked again as its callers please", answer: says(429, "slow down") },
    { what: "fails for another reason is not spared", answer: says(500, "no", { "retry-after": "5" }) },
  ])("$what", async ({ answer }) => {
    await using server = await scripted(inTurn(answer, says(200, {})));
    await expect(server.transport.call(get)).rejects.toMatchObject({ name: "ApiError" });
    await expect(server.transport.call({ ...get, timeout: 500 })).resolves.toEqual({});
  });

  /** How many of eight calls are under way at once, after eight that were answered like this. */
  async function atOnceAfter(method: "GET" | "POST", first: { readonly status: number; readonly after: number }): Promise<number> {
    let [asked, underWay, most] = [0, 0, 0];
    await using server = await scripted((response) => {
      const isFirst = (asked += 1) <= 8;
      if (!isFirst) most = Math.max(most, (underWay += 1));
      setTimeout(
        () => {
          if (!isFirst) underWay -= 1;
          response.writeHead(isFirst ? first.status : 200).end("{}");
        },
        isFirst ? first.after : 20,
      );
    });
    const transport = openTransport({ url: server.url }, { connections: 8 });
    const eight = (): Promise<unknown> =>
      Promise.allSettled(Array.from({ length: 8 }, () => transport.call(method === "GET" ? get : post)));
    await eight();
    await eight();
    await transport.close();
    return most;
  }

  it.each([
    { what: "is asked for too much", method: "GET", answer: { status: 429, after: 0 }, most: 4 },
    { what: "takes long over writes", method: "POST", answer: { status: 200, after: 1100 }, most: 4 },
    { what: "takes long over a list", method: "GET", answer: { status: 200, after: 1100 }, most: 8 },
    { what: "does well", method: "POST", answer: { status: 201, after: 20 }, most: 8 },
  ] as const)("$what is asked $most things at once from then on", async ({ method, answer, most }) => {
    await expect(atOnceAfter(method, answer)).resolves.toBe(most);
  });

  it("is asked no faster than was said", async () => {
    await using server = await scripted(says(200, {}));
    const transport = openTransport({ url: server.url }, { qps: 10 });
    const begin = performance.now();
    await Promise.all(Array.from({ length: 13 }, () => transport.call(get)));
    expect(performance.now() - begin).toBeGreaterThanOrEqual(290);
    await transport.close();
  });
});
