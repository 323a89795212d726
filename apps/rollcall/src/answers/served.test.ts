import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Rollcall } from "../rollcall.ts";
import { startServer } from "../serve/server.ts";
import { bench, soon } from "./answers.test.helper.ts";
import { answerSource } from "./source.ts";

const token = "0123456789abcdef-token";

/** Whoever asks for placement `web` of list `one` over HTTP: the names that are answered, or the status that says why there are none. */
async function asker(rollcall: Rollcall): Promise<() => Promise<string>> {
  const dir = await mkdtemp(join(tmpdir(), "rollcall-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, "token"), token);
  const config = {
    listen: "127.0.0.1:0",
    insecure: false,
    tokens: [{ file: join(dir, "token") }],
    maxAge: 600,
    whenHeld: "as before" as const,
  };
  const serving = await startServer({ config, source: answerSource(rollcall), log: () => undefined, isReady: () => true });
  onTestFinished(() => serving.stop());
  const body = JSON.stringify({ applicationSetName: "web", input: { parameters: { list: "one", placement: { key: "web" } } } });
  return async () => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${serving.url}/api/v1/getparams.execute`, { method: "POST", headers, body });
    if (answer.status !== 200) return `${answer.status}`;
    const { output } = (await answer.json()) as { output: { parameters: readonly { name: string }[] } };
    return output.parameters.map(({ name }) => name).join(" ");
  };
}

it(
  "whoever asks as fast as they can while a decision is rewritten slice by slice sees whole ones and errors, and never no clusters",
  { timeout: 60_000 },
  async () => {
    const here = await bench();
    const names = (from: number): readonly string[] => Array.from({ length: 6 }, (_, at) => `c${String(from + at).padStart(2, "0")}`);
    here.publish(...names(0), ...names(6));
    const write = (revision: string, all: readonly string[], slice: number): void =>
      here.decide({ name: `web-${slice}`, key: "web", index: slice, revision, of: all.slice(slice * 2, slice * 2 + 2) });
    for (const slice of [0, 1, 2]) write("r0", names(0), slice);
    const rollcall = await here.start();
    const ask = await asker(rollcall);
    await soon(async () => expect(await ask()).toBe(names(0).join(" ")));
    const seen = new Set<string>();
    const done = new AbortController();
    const polling = (async () => {
      while (!done.signal.aborted) seen.add(await ask());
    })();
    for (const [turn, from] of [6, 0, 6].entries()) {
      for (const slice of [2, 0, 1]) {
        write(`r${turn + 1}`, names(from), slice);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await soon(async () => expect(await ask()).toBe(names(from).join(" ")));
    }
    done.abort();
    await polling;
    expect([...seen].toSorted()).toEqual([names(0).join(" "), names(6).join(" "), "503"].toSorted());
  },
);
