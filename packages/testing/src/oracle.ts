import { labels, type KubeObject } from "@rollcall/contract";
import type { Happened } from "./oracle-history.ts";
import type { SeenRequest } from "./proxy-serve.ts";

/** What is not as it has to be, in words; nothing when all is well. */
export type Problems = readonly string[];

/** A line of a program's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** O1: what stands and is ours is exactly what the inputs make; keys that others added do not count. */
export function endState(stands: readonly KubeObject[], expected: readonly KubeObject[]): Problems {
  const ours = new Map(stands.filter(isOurs).map((object) => [nameOf(object), object]));
  const wanted = new Map(expected.map((object) => [nameOf(object), object]));
  const unwanted = [...ours.keys()].filter((name) => !wanted.has(name));
  return [
    ...unwanted.map((name) => `O1: ${name} stands and should not`),
    ...[...wanted].flatMap(([name, object]) => {
      const live = ours.get(name);
      return live === undefined
        ? [`O1: ${name} should stand and does not`]
        : differences(object, live).map((what) => `O1: ${name}: ${what}`);
    }),
  ];
}

function differences(wanted: KubeObject, live: KubeObject): Problems {
  const parts = [
    ["label", wanted.metadata.labels, live.metadata.labels],
    ["annotation", wanted.metadata.annotations, live.metadata.annotations],
    ["data", wanted.data, live.data],
  ] as const;
  return parts.flatMap(([what, has = {}, is = {}]) =>
    Object.entries(has).flatMap(([key, value]) => (is[key] === value ? [] : [`${what} ${key} is not what it should be`])),
  );
}

/** How often an object was created, changed and deleted. */
export interface Counts {
  readonly created?: number;
  readonly changed?: number;
  readonly deleted?: number;
}

/** O2: nothing was created, changed or deleted more often than when nothing goes wrong. What the reference does not name is created once. */
export function withinReference(history: readonly Happened[], reference: Readonly<Record<string, Counts>> = {}): Problems {
  const byName = Map.groupBy(history, ({ object }) => object.metadata.name);
  return [...byName].flatMap(([name, events]) => {
    const { created = 1, changed = 0, deleted = 0 } = reference[name] ?? {};
    const count = (type: Happened["type"]): number => events.filter((event) => event.type === type).length;
    const is = [count("ADDED"), count("MODIFIED"), count("DELETED")] as const;
    const isWithin = is[0] <= created && is[1] <= changed && is[2] <= deleted;
    const spelled = (counts: readonly number[]): string => `created ${counts[0]}, changed ${counts[1]}, deleted ${counts[2]} times`;
    return isWithin ? [] : [`O2: ${name} was ${spelled(is)}; the reference is ${spelled([created, changed, deleted])}`];
  });
}

/** O3: whatever was changed or deleted bore our mark, and nothing but lists and rolls was ever written. */
export function ownObjectsOnly(requests: readonly SeenRequest[], history: readonly Happened[]): Problems {
  const marked = new Set(history.flatMap(({ object }) => (isOurs(object) ? [object.metadata.name] : [])));
  return done(requests).flatMap(({ verb, resource, name = "", body }) => {
    if (resource !== "secrets") return writable.has(resource) ? [] : [`O3: ${verb} of ${resource} ${name}, which is not ours to write`];
    const isMarked = verb === "create" ? isOurs(JSON.parse(body) as KubeObject) : marked.has(name);
    return isMarked ? [] : [`O3: ${verb} of ${resource} ${name}, which does not bear our mark`];
  });
}

const writable = new Set(["configmaps", "leases"]);

/** O4: every DELETE said which object, in which version, in its body. */
export function deletesAreExact(requests: readonly SeenRequest[]): Problems {
  return requests
    .filter(({ verb }) => verb === "delete")
    .flatMap(({ resource, name, body }) => {
      const { preconditions } = parsed(body) as { readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } };
      return preconditions?.uid && preconditions.resourceVersion
        ? []
        : [`O4: delete of ${resource} ${name} without uid and resourceVersion`];
    });
}

/** O5: once all is as it should be, nothing is written any more. */
export function quiescence(requests: readonly SeenRequest[]): Problems {
  return requests
    .filter(isWrite)
    .map(({ verb, resource, name }) => `O5: ${verb} of ${resource} ${name} after everything was as it should be`);
}

/** O6: an object was written within so many milliseconds of the moment when it could be, whatever ails others. */
export function prompt(requests: readonly SeenRequest[], name: string, since: number, within: number): Problems {
  const written = done(requests).find((request) => request.resource === "secrets" && request.name === name && request.at >= since);
  if (written === undefined) return [`O6: ${name} was not written at all`];
  const took = Math.round(written.at - since);
  return took <= within ? [] : [`O6: ${name} was written after ${took} ms; ${within} would be well`];
}

/** O8: whoever the log calls a member, missing or leaving stands, nobody else does, and it claims no write that was not made. */
export function truthful(lines: readonly LogLine[], stands: readonly KubeObject[], requests: readonly SeenRequest[]): Problems {
  const last = new Map(
    lines.flatMap((line) => (line.message === "state" ? [[String(line["cluster"]), String(line["state"])] as const] : [])),
  );
  const standing = new Set(stands.filter(isOurs).map(({ metadata }) => metadata.annotations?.["rollcall.dev/cluster"] ?? ""));
  return [
    ...[...last].flatMap(([cluster, state]) => {
      const isSaid = ["member", "missing", "leaving"].includes(state);
      if (isSaid === standing.has(cluster) || (state === "leaving" && !standing.has(cluster))) return [];
      return [`O8: the log calls ${cluster} ${state}, and it ${isSaid ? "does not stand" : "stands"}`];
    }),
    ...[...standing].filter((cluster) => !last.has(cluster)).map((cluster) => `O8: the log never speaks of ${cluster}, which stands`),
    ...claims(lines, requests),
  ];
}

/** Of the writes, each that was heard to succeed is claimed, and no other; a change that changes nothing may go without a word. */
function claims(lines: readonly LogLine[], requests: readonly SeenRequest[]): Problems {
  const verbs = { create: "create", change: "patch", delete: "delete" } as const;
  const wrote = lines.filter(({ message }) => message === "wrote");
  const made = done(requests).filter(({ resource, answeredBy, isHeard }) => resource === "secrets" && answeredBy === "target" && isHeard);
  const names = new Set([...wrote.map(({ key }) => String(key).split("/").at(-1)!), ...made.map(({ name = "" }) => name)]);
  return Object.entries(verbs).flatMap(([claim, verb]) =>
    [...names].flatMap((name) => {
      const claimed = wrote.filter((line) => line["verb"] === claim && String(line["key"]).endsWith(`/${name}`)).length;
      const is = made.filter((request) => request.verb === verb && request.name === name).length;
      const isTrue = claim === "change" ? claimed <= is : claimed === is;
      return isTrue ? [] : [`O8: the log claims ${claimed} times to have made a ${claim} of ${name}, it was ${is}`];
    }),
  );
}

/** The writes that the server made. */
function done(requests: readonly SeenRequest[]): readonly SeenRequest[] {
  return requests.filter((request) => isWrite(request) && request.status !== undefined && request.status < 300);
}

function isWrite({ verb }: SeenRequest): boolean {
  return !["get", "list", "watch"].includes(verb);
}

function isOurs({ metadata }: KubeObject): boolean {
  return metadata.labels?.[labels.instance] !== undefined;
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name;
}

function parsed(body: string): object {
  try {
    return JSON.parse(body) as object;
  } catch {
    return {};
  }
}
