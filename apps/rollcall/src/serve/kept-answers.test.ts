import { answer, type Placed, type PluginRequest } from "@rollcall/answers";
import { cluster } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { keepAnswers } from "./kept-answers.ts";
import { members, ready } from "./serve.test.helper.ts";

const request: PluginRequest = { asks: "plugin", applicationSetName: "web", list: "argocd", sort: "decision", values: {} };
const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `c${at}`);

describe("an answer", () => {
  it("is made once for a generation, whichever ApplicationSet asks, and again when anything changes", async () => {
    const answers = keepAnswers();
    const first = await answers.of(ready("1", "paris"), request);
    expect((await answers.of(ready("1", "paris"), { ...request, applicationSetName: "api" })).raw).toBe(first.raw);
    expect((await answers.of(ready("2", "paris"), request)).raw).not.toBe(first.raw);
    expect((await answers.of(ready("2", "paris"), { ...request, values: { wave: "1" } })).raw.toString()).toContain('"wave":"1"');
    expect(answers.size().answers).toBe(2);
  });

  it("that many ask for at the same moment is made once", async () => {
    const answers = keepAnswers();
    const list = ready("1", ...names(1000));
    const all = await Promise.all(Array.from({ length: 50 }, () => answers.of(list, request)));
    expect(new Set(all.map(({ raw }) => raw)).size).toBe(1);
  });

  it("is forgotten where others were asked for since, by number and by size", async () => {
    const few = keepAnswers({ answers: 2, bytes: 1e9 });
    const ask = (wave: string) => few.of(ready("1", "paris"), { ...request, values: { wave } });
    const first = await ask("1");
    await ask("2");
    expect((await ask("1")).raw).toBe(first.raw);
    const second = await ask("2");
    await ask("3");
    expect((await ask("2")).raw).toBe(second.raw);
    expect((await ask("1")).raw).not.toBe(first.raw);
    expect(few.size().answers).toBe(2);

    const small = keepAnswers({ answers: 100, bytes: 10_000 });
    for (const wave of names(50)) await small.of(ready("1", ...names(5)), { ...request, values: { wave } });
    expect(small.size().bytes).toBeLessThanOrEqual(10_000);
    expect(small.size().answers).toBeGreaterThan(0);
    const huge = await small.of(ready("2", ...names(100)), request);
    expect([huge.status, small.size().bytes <= 10_000]).toEqual([200, true]);
  });

  it("counts its compressed form too", async () => {
    const answers = keepAnswers();
    const { gzip, raw } = await answers.of(ready("1", ...names(10)), request);
    const compressed = gzip?.();
    expect(answers.size().bytes).toBe(raw.length + compressed!.length);
  });

  it("that refuses is not kept, since it may be over before the generation is", async () => {
    const answers = keepAnswers();
    const [paris] = members("paris");
    const nameless = { id: paris!.id, plain: paris!.plain };
    expect((await answers.of({ is: "ready", generation: "1", members: [nameless] }, request)).status).toBe(503);
    expect((await answers.of({ is: "ready", generation: "1", members: [paris!] }, request)).status).toBe(200);
  });

  it.each(["", "x"])("of megabytes comes through to the last character, whatever alphabet it is in, after %j", async (before) => {
    const spoken = (name: string, displayName: string): Placed => ({ ...members(name)[0]!, cluster: cluster({ name, displayName }) });
    const called = names(2500).map((name) => spoken(name, "😀".repeat(500)));
    const list = { ...ready("1"), members: [spoken("berlin", before), ...called] };
    const { raw } = await keepAnswers().of(list, request);
    expect(raw.length).toBeGreaterThan(4 * 1024 * 1024);
    expect(raw.equals(Buffer.from(answer(list, { ...request, applicationSetName: "" }).body))).toBe(true);
  });

  it("of ten thousand clusters lets everybody else have their turn meanwhile", async () => {
    const list = ready("1", ...names(10_000));
    // What is new to the compiler is slow once.
    await keepAnswers().of(ready("0", ...names(1000)), request);
    const answers = keepAnswers();
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    await answers.of(list, request);
    clearInterval(others);
    expect(turns).toBeGreaterThan(3);
  });
});
