import { rm, writeFile } from "node:fs/promises";
import type { KubeObject } from "@rollcall/contract";
import { openTransport } from "@rollcall/kube";
import { startMemoryHub, type HubRequest, type MemoryHub } from "@rollcall/memory-hub";
import { stringify } from "yaml";
import { configFile } from "./config/file.ts";
import { profile } from "./demo/fleet.ts";
import { followConfig, type Reloaded } from "./reload.ts";
import { startRollcall, type Rollcall } from "./rollcall.ts";
import { folder } from "./run.test.helper.ts";
import type { Timing } from "./timing.ts";

/** A line of the log. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A cluster's profile, as far as a test is about it. */
export interface Given {
  readonly name: string;
  readonly env?: string;
  readonly provider?: string;
}

/** Rollcall at work from real files, on a hub in memory. */
export interface Bench extends AsyncDisposable {
  readonly hub: MemoryHub;
  readonly rollcall: Rollcall;
  readonly lines: readonly Line[];
  /** What came of each reload. */
  readonly results: readonly string[];
  /** Lines with this message, those before `from` left out. */
  said(message: string, from?: number): readonly Line[];
  publish(...given: readonly (string | Given)[]): void;
  /** Names of the clusters that stand on a list. */
  standing(list: string): readonly string[];
  secret(list: string, name: string): KubeObject | undefined;
  /** What Rollcall has written to Secrets, as the hub tells it. */
  writes(): readonly string[];
  requests(): readonly HubRequest[];
  /** Writes a file; `config.yaml` unless said otherwise. */
  write(content: unknown, file?: string): Promise<void>;
  remove(file: string): Promise<void>;
  at(file: string): string;
  /** Many looks at the files. */
  looks(): Promise<void>;
}

export const provider = (name: string): object => ({
  name,
  execConfig: { command: "/plugins/login", apiVersion: "client.authentication.k8s.io/v1" },
});

/** A list of the config; each has a namespace of its own unless said otherwise. */
export function listOf(name: string, more: object = {}): object {
  return { name, consumer: "argocd", target: { namespace: name }, ...more };
}

export function configOf(lists: readonly object[], more: object = {}): object {
  return {
    apiVersion: "rollcall.dev/v1alpha1",
    kind: "RollcallConfig",
    inventory: { namespaces: ["fleet"] },
    providers: { inline: [provider("fleet")] },
    lists,
    ...more,
  };
}

const every = 20;

const profiles = {
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ClusterProfile",
  plural: "clusterprofiles",
  namespaced: true,
  status: true,
} as const;

export async function reloadBench(config: object, files: Readonly<Record<string, string>> = {}, timing: Timing = {}): Promise<Bench> {
  const hub = await startMemoryHub({ kinds: [profiles], namespaces: ["fleet", "one", "two", "three", "rollcall"] });
  const dir = await folder({ ...files, "config.yaml": stringify(config) });
  const lines: Line[] = [];
  const results: Reloaded[] = [];
  const publish = (...given: readonly (string | Given)[]): void => {
    for (const each of given) {
      const { name, ...more } = typeof each === "string" ? { name: each } : each;
      hub.apply(profile(name, { provider: "fleet", ...more }));
    }
  };
  publish("paris");
  const log = (level: string, message: string, fields: object = {}): void => void lines.push({ level, message, ...fields });
  const source = configFile(dir.at("config.yaml"));
  const { config: first } = await source.read();
  const rollcall = await startRollcall({
    config: first!,
    open: async () => openTransport({ url: hub.url, token: async () => hub.token }),
    log,
    timing,
  });
  const stopping = new AbortController();
  followConfig({
    source,
    take: (read) => rollcall.take(read),
    log,
    done: (result) => results.push(result),
    signal: stopping.signal,
    every,
  });
  await rollcall.settled();
  return {
    hub,
    rollcall,
    lines,
    results,
    publish,
    said: (message, from = 0) => lines.slice(from).filter((line) => line.message === message),
    standing: (list) =>
      ["one", "two", "three"].flatMap((namespace) =>
        hub
          .list("Secret", namespace)
          .flatMap(({ metadata }) => (metadata.labels?.["rollcall.dev/list"] === list ? [metadata.name.replace("fleet.", "")] : [])),
      ),
    secret: (list, name) => hub.get("Secret", list, `fleet.${name}`),
    writes: () =>
      hub.requests.flatMap(({ verb, resource, namespace, name = "", code }) =>
        resource === "secrets" && !["get", "list", "watch"].includes(verb) && code < 400 ? [`${verb} ${namespace}/${name}`] : [],
      ),
    requests: () => hub.requests,
    write: (content, file = "config.yaml") => writeFile(dir.at(file), typeof content === "string" ? content : stringify(content)),
    remove: (file) => rm(dir.at(file)),
    at: (file) => dir.at(file),
    looks: () => new Promise((resolve) => setTimeout(resolve, every * 15)),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await rollcall.stop();
      await hub.stop();
      await dir[Symbol.asyncDispose]();
    },
  };
}
