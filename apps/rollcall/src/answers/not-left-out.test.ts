import { chmodSync, writeFileSync } from "node:fs";
import { decision } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import type { Rollcall } from "../rollcall.ts";
import { folder } from "../run.test.helper.ts";
import { answerable, bench, says, soon } from "./answers.test.helper.ts";

const web = { key: "web" } as const;
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `c${String(at).padStart(2, "0")}`);
const reason = (rollcall: Rollcall, name: string) => rollcall.lists.get("one")!.status().get(`fleet/${name}`)?.verdict?.reason;
const isAnswered = (rollcall: Rollcall, whom: string, placement?: typeof web) =>
  soon(async () => expect(await says(rollcall, placement)).toBe(whom));

describe("whoever was answered is not left out", { timeout: 120_000 }, () => {
  it("after a restart that finds its Secret gone, while its login takes its time", async () => {
    const apiVersion = "client.authentication.k8s.io/v1";
    const given = { apiVersion, kind: "ExecCredential", status: { token: "t", expirationTimestamp: "END" } };
    const plugin = (first: string): string =>
      `#!/bin/sh\n${first}\nend=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)\nprintf '%s' '${JSON.stringify(given)}' | sed "s/END/$end/"\n`;
    await using files = await folder({ plugin: plugin("") });
    chmodSync(files.at("plugin"), 0o755);
    const inline = [{ name: "fleet", execConfig: { apiVersion, command: files.at("plugin") } }];
    const providers = { inline, settings: { fleet: { kind: "exec", hosts: ["*.example.test"] } } };
    const here = await bench({ options: { login: "with a credential from us" } }, {}, { providers });
    here.publish("oslo", "paris", "rome");
    here.decide({ key: "web", of: ["oslo", "paris", "rome"] });
    const first = await here.start();
    await isAnswered(first, "oslo paris rome");
    await isAnswered(first, "oslo paris rome", web);
    await first.stop();
    for (const name of ["oslo", "rome"]) here.hub.remove("Secret", "one", `fleet.${name}`);
    writeFileSync(files.at("plugin"), plugin("sleep 4"));
    const second = await here.start();
    expect([await says(second), await says(second, web)]).toEqual(["incomplete", "incomplete"]);
    await isAnswered(second, "oslo paris rome");
    await isAnswered(second, "oslo paris rome", web);
  });

  it("for a Secret that somebody deletes while the guard holds it", async () => {
    const here = await bench({ select: { placement: web }, answers: { allowEmpty: true } });
    here.publish("paris", "rome");
    here.decide({ key: "web", of: ["paris", "rome"] });
    const rollcall = await here.start();
    await isAnswered(rollcall, "paris rome");
    here.decide({ key: "web", of: [] });
    await soon(() => expect(reason(rollcall, "paris")).toBe("GuardHolds"));
    for (const name of ["paris", "rome"]) here.hub.remove("Secret", "one", `fleet.${name}`);
    await wait(1500);
    expect(await says(rollcall)).toBe("paris rome");
    expect(reason(rollcall, "paris")).toBe("GuardHolds");
  });

  it("for a Secret that somebody deletes in its grace", async () => {
    const here = await bench({ select: { labels: "env=prod" } });
    here.publishWith({ env: "prod" }, "paris", "rome");
    const rollcall = await here.start();
    await isAnswered(rollcall, "paris rome");
    here.publishWith({ env: "dev" }, "rome");
    await soon(() => expect(rollcall.lists.get("one")!.status().get("fleet/rome")?.state).toBe("missing"));
    here.hub.remove("Secret", "one", "fleet.rome");
    await wait(1000);
    expect(await says(rollcall)).toBe("paris rome");
  });

  it("for somebody who deletes what placements were answered last", async () => {
    const here = await bench({ answers: { allowEmpty: true } });
    here.publish("a", "b", "c");
    here.decide({ key: "web", of: ["a", "b", "c"] });
    const rollcall = await here.start();
    await isAnswered(rollcall, "a b c", web);
    here.hub.remove("ConfigMap", "rollcall", "rollcall-one-answers");
    here.decide({ key: "web", of: [] });
    await wait(1500);
    await answerable(rollcall, web);
    await isAnswered(rollcall, "a b c", web);
    expect(here.hub.get("ConfigMap", "rollcall", "rollcall-one-answers")).toBeDefined();
  });

  it("for another decision that goes by the same name while its own is made anew", async () => {
    const here = await bench(
      { select: { namespaces: ["fleet"] } },
      {},
      { inventory: { namespaces: ["fleet"], placements: { namespaces: ["fleet", "team"] } } },
    );
    here.publish("a", "b", "c");
    const own = decision({ name: "web-0", key: "web", of: ["a", "b"] });
    here.hub.apply(own);
    const rollcall = await here.start();
    await isAnswered(rollcall, "a b", web);
    here.hub.apply(decision({ name: "mine", namespace: "team", key: "web", of: ["fleet/c"] }));
    await soon(async () => expect(await says(rollcall, web)).toBe("ambiguous"));
    here.hub.remove("PlacementDecision", "fleet", "web-0");
    await soon(async () =>
      expect(await answerable(rollcall, web)).toMatchObject({
        is: "incomplete",
        why: expect.stringContaining("another decision") as string,
      }),
    );
    here.hub.apply(own);
    here.hub.remove("PlacementDecision", "team", "mine");
    await isAnswered(rollcall, "a b", web);
  });

  it.each([
    ["a list", undefined],
    ["a placement", web],
  ] as const)("for %s that has just grown: it loses no more in a window than it may", async (_, placement) => {
    const here = await bench(placement === undefined ? { select: { placement: web } } : {});
    here.publish(...names(20));
    here.decide({ key: "web", of: names(2) });
    const rollcall = await here.start();
    const count = async (): Promise<number> => {
      const answer = await answerable(rollcall, placement);
      return answer.is === "ready" ? answer.members.length : -1;
    };
    for (const many of [2, 1, 20]) {
      here.decide({ key: "web", of: names(many) });
      await soon(async () => expect(await count()).toBe(many));
    }
    for (const many of [17, 15, 13, 11]) {
      here.decide({ key: "web", of: names(many) });
      await wait(1700);
    }
    await soon(async () => expect(await count()).toBeGreaterThanOrEqual(16));
    expect(here.hub.list("Secret", "one").length).toBeGreaterThanOrEqual(16);
  });

  it("for a restart while the guard holds a list that has just grown", async () => {
    const here = await bench({ select: { placement: web } });
    here.publish(...names(20));
    here.decide({ key: "web", of: names(2) });
    const first = await here.start();
    await isAnswered(first, names(2).join(" "));
    for (const many of [1, 20]) {
      here.decide({ key: "web", of: names(many) });
      await isAnswered(first, names(many).join(" "));
    }
    here.decide({ key: "web", of: names(8) });
    await soon(() => expect(reason(first, "c19")).toBe("GuardHolds"));
    await first.stop();
    const second = await here.start();
    await wait(4000);
    expect(reason(second, "c19")).toBe("GuardHolds");
    expect(here.hub.list("Secret", "one")).toHaveLength(20);
  });
});
