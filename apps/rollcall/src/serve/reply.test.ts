import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { reply } from "./reply.ts";

/** In which turn of the loop each of several answers of that size is handed on. */
async function turnsOf(size: number): Promise<readonly number[]> {
  let turn = 0;
  let isDone = false;
  const count = (): void => {
    turn += 1;
    if (!isDone) setImmediate(count);
  };
  count();
  const turns: number[] = [];
  const answer = { status: 200, headers: {}, raw: Buffer.alloc(size) };
  const send = (): Promise<number> => {
    const response = new EventEmitter() as ServerResponse;
    Object.assign(response, {
      destroyed: false,
      writeHead: () => response,
      end() {
        turns.push(turn);
        response.emit("close");
      },
    });
    return reply({ headers: {} } as IncomingMessage, response, answer, { writing: 1000 });
  };
  await Promise.all(Array.from({ length: 5 }, send));
  isDone = true;
  return turns;
}

it("many who waited for the same long answer hold up nobody else: each gets it in a turn of its own", async () => {
  expect(new Set(await turnsOf(1024 * 1024)).size).toBe(5);
});

it("a short answer is sent at once", async () => {
  expect(new Set(await turnsOf(1024)).size).toBe(1);
});
