import { annotations, type KubeObject } from "@rollcall/contract";
import {
  deletesAreExact,
  endState,
  ownObjectsOnly,
  prompt,
  quiescence,
  truthful,
  type LogLine,
  type Problems,
  type SeenRequest,
} from "@rollcall/testing";
import type { Faults } from "./faults.ts";
import type { People } from "./people.ts";
import { sleep } from "./sleep.ts";
import { places, type ChaosWorld } from "./world.ts";

/** Milliseconds until all is as it should be, with a word for whom the guard holds. */
const patience = 150_000;

/** Milliseconds without a write that are taken for silence. */
const quiet = 1500;

/** Milliseconds within which a newcomer is on the list. */
const promptly = 5000;

/** Lets everything come to rest, and asks the oracles what is wrong then. */
export async function problemsInTheEnd(world: ChaosWorld, faults: Faults, people: People, foreign: KubeObject): Promise<Problems> {
  const { plane, proxy, history } = world;
  const { program, from } = faults.now();
  const own = (): readonly SeenRequest[] => proxy.requests.slice(from);
  const standing = async (): Promise<Problems> => {
    const [stands, profiles] = await Promise.all([plane.list("Secret", places.argocd), plane.list("ClusterProfile", places.fleet)]);
    const expected = await world.render(profiles);
    const theirs = foreign.metadata.name;
    return [
      ...endState(
        stands,
        expected.filter(({ metadata }) => metadata.name !== theirs),
      ),
      ...truthful(program.lines, stands, own()),
      ...leaving(program.lines),
      ...following(own()),
      ...stands.flatMap((each) => (each.metadata.name === theirs && !isEqual(each, foreign) ? [`O3: ${theirs} is not as it was`] : [])),
    ];
  };

  await people.tidy();
  const deadline = Date.now() + patience;
  // A server that has just come back may need a moment more.
  const soFar = (): Promise<Problems> => standing().catch((error: unknown) => [`what stands cannot be read: ${String(error)}`]);
  let problems = await soFar();
  while (problems.length > 0 && Date.now() < deadline) {
    await people.ack();
    await sleep(2000);
    problems = await soFar();
  }
  if (problems.length > 0) return problems;

  const since = performance.now();
  await people.publish("witness");
  await untilQuiet(proxy.requests);
  const quietFrom = proxy.requests.length;
  await sleep(quiet);
  await history.caughtUp();
  return [
    ...(await standing()),
    ...ownObjectsOnly(proxy.requests, history.events),
    ...deletesAreExact(proxy.requests),
    ...quiescence(proxy.requests.slice(quietFrom)),
    ...prompt(proxy.requests, `${places.fleet}.witness`, since, promptly),
  ];
}

async function untilQuiet(requests: readonly SeenRequest[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  do await sleep(quiet);
  while (quiescence(requests.filter(({ at }) => at > performance.now() - quiet)).length > 0 && Date.now() < deadline);
}

/** Whoever is half gone will be written about once more. */
function leaving(lines: readonly LogLine[]): Problems {
  const last = new Map(lines.flatMap(({ message, cluster, state }) => (message === "state" ? [[String(cluster), state] as const] : [])));
  return [...last].flatMap(([cluster, state]) => (state === "leaving" ? [`${cluster} is still leaving`] : []));
}

/** Until profiles are followed again nobody can hear of a witness. */
function following(requests: readonly SeenRequest[]): Problems {
  const last = requests.findLast(({ verb, resource }) => verb === "watch" && resource === "clusterprofiles");
  return last?.status === 200 && last.isOver === undefined ? [] : ["profiles are not followed"];
}

/** What nobody touched is the same to the byte; only its kind is not said again for each of a list. */
function isEqual({ metadata, data }: KubeObject, other: KubeObject): boolean {
  return JSON.stringify([metadata, data]) === JSON.stringify([other.metadata, other.data]);
}

/** The name of somebody else's Secret, which a cluster would have. */
export function foreignSecret(cluster: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${places.fleet}.${cluster}`, namespace: places.argocd, annotations: { [annotations.cluster]: "not/theirs" } },
    data: { name: "bWluZQ==" },
  };
}
