import { refusal, type Indexed, type KubeObject, type Member, type Unlisted } from "@rollcall/contract";
import { group } from "./leave.ts";
import type { KueueOptions } from "./options.ts";

/**
 * The MultiKueueConfig: the names of the list's MultiKueueClusters in the list's order, which is the order in which Kueue tries them.
 *   named already         stays, whatever the room: what runs in a cluster that is dropped is started anew elsewhere
 *   newcomers, in order   as long as there is room
 *   the others            unlisted
 *   nobody left           what stands stays, or goes, as the operator chose: Kueue does not take an empty list
 */
export function index(members: readonly Member[], options: KueueOptions, current?: KubeObject): Indexed {
  const listed = members.filter((member) => member.listed);
  if (listed.length === 0) {
    const isToGo = options.whenEmpty === "delete" && current !== undefined;
    return { objects: [], unlisted: [], ...(isToGo && { removes: [current] }) };
  }
  const before = namesIn(current);
  const newcomers = listed.filter(({ name }) => !before.has(name));
  const room = Math.max(0, roomOf(options) - (listed.length - newcomers.length));
  const outside = new Set(newcomers.slice(room));
  const inside = listed.filter((member) => !outside.has(member));
  return { objects: [config(inside, options)], unlisted: newcomers.slice(room).map(noRoom(options)) };
}

function config(members: readonly Member[], options: KueueOptions): KubeObject {
  return {
    apiVersion: group(options),
    kind: "MultiKueueConfig",
    metadata: { name: options.config },
    spec: { clusters: [...new Set(members.map(({ name }) => name))] },
  };
}

function roomOf({ maxClusters, version }: KueueOptions): number {
  return maxClusters ?? (version === "v1beta1" ? 10 : 20);
}

/** A stranger may have written it by hand: what is no list of names names nobody. */
function namesIn(current: KubeObject | undefined): ReadonlySet<unknown> {
  const { clusters } = (current?.spec ?? {}) as { readonly clusters?: unknown };
  return new Set<unknown>(Array.isArray(clusters) ? clusters : []);
}

function noRoom({ config, ...options }: KueueOptions): (member: Member) => Unlisted {
  const room = roomOf({ config, ...options });
  return ({ id }) => ({
    id,
    ...refusal(
      "NoRoom",
      `MultiKueueConfig "${config}" names ${room} clusters, which is all that it may, so ${id} gets no work; take others off the list, or give some a list and a ClusterQueue of their own`,
    ),
  });
}
