import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";

const main = fileURLToPath(new URL("../../apps/rollcall/src/main.ts", import.meta.url));

/** What a command came to. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the program to its end, as a person does: with the same config and a login of their own. */
export async function byHand(config: string, kubeconfig: string, args: readonly string[]): Promise<Ran> {
  const { inventory, ...said } = await read<Config>(config);
  return withConfig(config, { ...said, inventory: { ...inventory, kubeconfig } }, args);
}

/** The same while nobody answers where the hub should be; targets are as they were. */
export async function withoutHub(config: string, kubeconfig: string, args: readonly string[]): Promise<Ran> {
  const { clusters, ...login } = await read<Kubeconfig>(kubeconfig);
  const nowhere = `${kubeconfig}-nowhere`;
  const away = clusters.map((each) => ({ ...each, cluster: { ...each.cluster, server: each.cluster.server.replace(/:\d+$/, ":1") } }));
  await writeFile(nowhere, stringify({ ...login, clusters: away }));
  const { inventory, lists, ...said } = await read<Config>(config);
  const kept = lists.map((list) => ({ ...list, target: { ...list.target, kubeconfig } }));
  return withConfig(config, { ...said, inventory: { ...inventory, kubeconfig: nowhere }, lists: kept }, args);
}

interface Config {
  readonly inventory: object;
  readonly lists: readonly { readonly target: object }[];
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
}

async function read<T>(path: string): Promise<T> {
  return parse(await readFile(path, "utf8")) as T;
}

async function withConfig(config: string, said: object, args: readonly string[]): Promise<Ran> {
  const own = config.replace(/\.yaml$/, "-by-hand.yaml");
  await writeFile(own, stringify(said));
  const child = spawn(process.execPath, ["--conditions=@rollcall/source", main, ...args, "--config", own], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}
