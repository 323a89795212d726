import { EventEmitter } from "node:events";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fromBase64, type KubeObject } from "@rollcall/contract";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { now } from "./clock.ts";
import { until } from "./until.ts";

/** Something that happened to a Secret, and when the observer saw it. */
export interface Sight {
  readonly type: string;
  readonly name: string;
  readonly server: string;
  readonly at: number;
}

/** Looks on from outside, as a consumer would. */
export interface Observer {
  readonly sights: readonly Sight[];
  /** Waits until so many different Secrets came into being, and tells when the first and the last of them did. */
  seen(count: number, seconds: number): Promise<{ readonly first: number; readonly last: number }>;
  /** Waits until one of the sights, from the first on, is what was looked for. */
  saw(isIt: (sight: Sight) => boolean, seconds: number): Promise<void>;
  /** Waits until nothing has happened for that long. */
  quiet(milliseconds: number): Promise<void>;
  close(): void;
}

/** Watches the Secrets of a namespace from now on. */
export async function observe(plane: ControlPlane, namespace: string): Promise<Observer> {
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const { body } = await plane.admin("GET", `${path}?limit=1`);
  const { resourceVersion } = (body as { readonly metadata: { readonly resourceVersion: string } }).metadata;
  const sights: Sight[] = [];
  const born = new Map<string, number>();
  const news = new EventEmitter();
  let isClosed = false;
  let broken: Error | undefined;

  const watch = request(new URL(`${path}?watch=1&resourceVersion=${resourceVersion}`, plane.url), {
    ca: plane.ca,
    agent: false,
    headers: { authorization: `Bearer ${plane.adminToken}` },
  });
  watch.on("error", (error) => (broken = error));
  const answered = new Promise<void>((resolve) => {
    watch.once("response", (response) => {
      const lines = createInterface({ input: response }).on("line", take);
      // Both of them tell of a connection that was closed, and either would end this process.
      for (const each of [response, lines]) each.on("error", (error: Error) => (broken = error));
      response.once("end", () => (broken = new Error("the server ended it")));
      resolve();
    });
  });
  watch.end();
  await answered;

  function take(line: string): void {
    const at = now();
    const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: KubeObject };
    const { name } = object.metadata;
    if (type === "ADDED" && !born.has(name)) born.set(name, at);
    sights.push({ type, name, server: fromBase64(object.data?.["server"] ?? "") ?? "", at });
    news.emit("news");
  }

  return {
    sights,
    async seen(count, seconds) {
      await until(
        () => `${count} Secrets in ${namespace}, of which there are ${born.size}`,
        () => born.size >= count,
        news,
        seconds,
      );
      const times = [...born.values()];
      return { first: times[0]!, last: times[count - 1]! };
    },
    async saw(isIt, seconds) {
      let looked = 0;
      const isThere = (): boolean => {
        while (looked < sights.length) if (isIt(sights[looked++]!)) return true;
        return false;
      };
      await until(() => `a sight in ${namespace} among ${sights.length}`, isThere, news, seconds);
    },
    async quiet(milliseconds) {
      const began = now();
      while (now() - Math.max(began, sights.at(-1)?.at ?? 0) < milliseconds) await sleep(50);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      const lost = broken;
      watch.destroy();
      if (lost !== undefined) throw new Error(`the observer of ${namespace} lost its watch: ${lost.message}`);
    },
  };
}
