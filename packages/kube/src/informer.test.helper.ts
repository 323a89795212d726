import type { Kind, KubeObject } from "@rollcall/contract";
import type { Informer, InformerEvent, InformerOptions } from "./informer-options.ts";
import { startInformer } from "./informer.ts";
import { says, scripted, type Answer, type Asked, type Scripted } from "./scripted.test.helper.ts";
import type { Transport } from "./transport.ts";

export const profiles: Kind = {
  apiVersion: "multicluster.x-k8s.io/v1alpha1",
  kind: "ClusterProfile",
  plural: "clusterprofiles",
  namespace: "fleet",
};

export function profile(name: string, resourceVersion?: number, spec = "a"): KubeObject {
  const metadata = { namespace: "fleet", name, ...(resourceVersion !== undefined && { resourceVersion: String(resourceVersion) }) };
  return { apiVersion: profiles.apiVersion, kind: profiles.kind, metadata, spec };
}

const stops: AbortController[] = [];

/** Stops every informer that a test has started. */
export function stopAll(): void {
  for (const stop of stops.splice(0)) stop.abort();
}

export interface Followed {
  readonly informer: Informer<unknown>;
  /** What was told, such as `+paris`, `~paris` and `-paris`. */
  readonly told: string[];
  readonly events: InformerEvent[];
  readonly stop: AbortController;
  readonly failures: () => readonly Extract<InformerEvent, { type: "failed" }>[];
}

export function follow(transport: Transport, options: Partial<InformerOptions<unknown>> = {}): Followed {
  const [told, events, stop] = [[] as string[], [] as InformerEvent[], new AbortController()];
  stops.push(stop);
  const informer = startInformer<unknown>({
    transport,
    kind: profiles,
    project: ({ spec }) => {
      if (spec === "poison") throw new Error("cannot be read");
      return spec;
    },
    onChange: (changes) => {
      for (const { key, before, after } of changes)
        told.push(`${after === undefined ? "-" : before === undefined ? "+" : "~"}${key.replace("fleet/", "")}`);
    },
    onEvent: (event) => {
      events.push(event);
      if (event.type === "went back") told.push("went back");
    },
    signal: stop.signal,
    firstRetry: 10,
    ...options,
  });
  return { informer, told, events, stop, failures: () => events.filter((event) => event.type === "failed") };
}

/** Waits until an expectation holds, for three seconds at the most. */
export async function until(holds: () => void): Promise<void> {
  for (const end = Date.now() + 3000; ; await pause(5)) {
    try {
      return holds();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A server with one answer for lists and one for watches, to be changed as the story goes. */
export interface Script {
  list: Answer;
  watch: Answer;
}
export const plays = (script: Script): Promise<Scripted> =>
  scripted((response, asked) => (asked.query.has("watch") ? script.watch : script.list)(response, asked));

export const lists = (version: number, ...items: readonly KubeObject[]): Answer =>
  says(200, { apiVersion: profiles.apiVersion, kind: "ClusterProfileList", metadata: { resourceVersion: String(version) }, items });

/** A watch that says these lines, and then what `after` does: nothing, if it is not given. */
export const watches =
  (
    lines: readonly (string | { readonly type: string; readonly object: unknown })[],
    after: (response: Parameters<Answer>[0]) => void = () => {},
  ): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(lines.map((line) => (typeof line === "string" ? line : `${JSON.stringify(line)}\n`)).join("") || "\n", () =>
      setTimeout(() => after(response), 10),
    );
  };
export const quiet: Answer = watches([]);
/** The answer to a version or a continue token that is too old. */
export const gone: object = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" };
export const isWatch = ({ query }: Asked): boolean => query.has("watch");
export const isList = (asked: Asked): boolean => !isWatch(asked);
