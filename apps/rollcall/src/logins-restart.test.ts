import { chmodSync, readFileSync } from "node:fs";
import { openTransport } from "@rollcall/kube";
import { startMemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, profile } from "@rollcall/testing";
import { expect, it, onTestFinished } from "vitest";
import { checkConfig } from "./config/check.ts";
import { configOf, listOf } from "./reload.test.helper.ts";
import { startRollcall } from "./rollcall.ts";
import { folder } from "./run.test.helper.ts";

const apiVersion = "client.authentication.k8s.io/v1";
const answer = { apiVersion, kind: "ExecCredential", status: { token: "t", expirationTimestamp: "END" } };
const script = `#!/bin/sh
echo ran >> "$(dirname "$0")/runs"
end=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
printf '%s' '${JSON.stringify(answer)}' | sed "s/END/$end/"
`;

it(
  "after a restart a member of Argo CD whose credential still works is well, and its plugin is not run again",
  { timeout: 60_000 },
  async () => {
    const hub = await startMemoryHub({ kinds: [clusterProfileKind], namespaces: ["fleet", "one", "rollcall"] });
    onTestFinished(() => hub.stop());
    await using files = await folder({ plugin: script, runs: "" });
    chmodSync(files.at("plugin"), 0o755);
    const list = listOf("one", { target: { namespace: "one" }, options: { login: "with a credential from us" } });
    const inline = [{ name: "corp", execConfig: { apiVersion, command: files.at("plugin") } }];
    const settings = { corp: { kind: "exec", hosts: ["paris.example.test"] } };
    const { config, problems } = checkConfig(configOf([list], { providers: { inline, settings } }));
    expect(problems).toEqual([]);
    const { metadata, ...rest } = profile({ name: "paris", provider: "corp", server: "https://paris.example.test" });
    const { uid: _, creationTimestamp: __, ...sent } = metadata;
    hub.apply({ ...rest, metadata: sent });

    const open = async () => Promise.resolve(openTransport({ url: hub.url, token: async () => Promise.resolve(hub.token) }));
    const run = async () => {
      const from = hub.requests.length;
      const rollcall = await startRollcall({ config: config!, open, log: () => undefined });
      await rollcall.settled();
      const { state, verdict } = rollcall.lists.get("one")!.status().get("fleet/paris")!;
      await rollcall.stop();
      const writes = hub.requests.slice(from).filter(({ verb }) => verb === "create" || verb === "patch");
      return { state, verdict, writes: writes.length };
    };
    expect(await run()).toMatchObject({ state: "member", verdict: undefined });
    expect(await run()).toEqual({ state: "member", verdict: undefined, writes: 0 });
    expect(readFileSync(files.at("runs"), "utf8")).toBe("ran\n");
  },
);
