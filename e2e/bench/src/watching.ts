import { EventEmitter, once } from "node:events";
import { request } from "node:https";
import { createInterface } from "node:readline";
import type { KubeObject } from "@rollcall/contract";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { now } from "./clock.ts";
import { until } from "./until.ts";

/** Sees what is written in one place, and when. */
export interface Watching {
  /** Waits for the object as it was looked for, and tells when it was seen so; sights from before that moment do not count. */
  saw(isIt: (object: KubeObject) => boolean, since?: number): Promise<number>;
  close(): void;
}

/** Watches a collection from now on. */
export async function watching({ admin, url, ca, adminToken }: ControlPlane, path: string): Promise<Watching> {
  const { body } = await admin("GET", `${path}?limit=1`);
  const { resourceVersion } = (body as { readonly metadata: { readonly resourceVersion: string } }).metadata;
  const watch = request(new URL(`${path}?watch=1&resourceVersion=${resourceVersion}`, url), {
    ca,
    agent: false,
    headers: { authorization: `Bearer ${adminToken}` },
  });
  watch.end();
  const [response] = (await once(watch, "response")) as [NodeJS.ReadableStream];
  const seen: { readonly object: KubeObject; readonly at: number }[] = [];
  const news = new EventEmitter();
  const lines = createInterface({ input: response }).on("line", (line) => {
    seen.push({ at: now(), ...(JSON.parse(line) as { readonly object: KubeObject }) });
    news.emit("news");
  });
  // All of them tell of a connection that was closed; whoever waits then waits in vain and says so.
  const ignore = (): void => undefined;
  watch.on("error", ignore);
  response.on("error", ignore);
  lines.on("error", ignore);
  return {
    async saw(isIt, since = 0) {
      const find = () => seen.find(({ at, object }) => at >= since && isIt(object));
      await until(
        () => `what was looked for in ${path}`,
        () => find() !== undefined,
        news,
        30,
      );
      return find()!.at;
    },
    close: () => void watch.destroy(),
  };
}
