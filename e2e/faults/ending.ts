import { annotations, type KubeObject } from "@rollcall/contract";
import {
  deletesAreExact,
  endState,
  ownObjectsOnly,
  prompt,
  quiescence,
  truthful,
  withinReference,
  type Counts,
  type History,
  type LogLine,
  type Problems,
  type SeenRequest,
} from "@rollcall/testing";
import { pause } from "./fixtures.ts";

/** How a fault is to end, where that is not plain: every profile that is selected stands, written once. */
export interface Ending {
  /** Profiles that are gone from the hub, or unusable there, and whose clusters stand all the same. */
  readonly kept?: readonly KubeObject[];
  /** Clusters that are selected and do not stand. */
  readonly without?: readonly string[];
  /** How often what was written, when not once, by cluster. */
  readonly reference?: Readonly<Record<string, Counts>>;
  /** Objects that are not ours: they have to be as they were, byte by byte. */
  readonly foreign?: readonly KubeObject[];
}

/** What the oracles are asked about. */
export interface Ended {
  /** The namespace of the profiles. */
  readonly fleet: string;
  readonly profiles: () => Promise<readonly KubeObject[]>;
  readonly secrets: () => Promise<readonly KubeObject[]>;
  readonly history: History;
  /** What the program that runs now has said. */
  readonly lines: readonly LogLine[];
  /** Every request that ever came through the proxy, and from where on they are those of the program that runs now. */
  readonly requests: readonly SeenRequest[];
  readonly from: number;
  readonly publish: (name: string) => unknown;
  /** What a list makes of profiles, by the pure way. */
  readonly render: (profiles: readonly KubeObject[]) => Promise<readonly KubeObject[]>;
}

/** Milliseconds within which a newcomer is on the list, whatever happened before. */
const promptly = 5000;

/** Milliseconds that a busy machine may need until all is as it should be. */
const patience = 40_000;

/** Milliseconds without a write that are taken for silence. */
const quiet = 500;

/** Asks all oracles what is wrong. A witness joins last: who comes now is served at once, and then there is silence. */
export async function problemsAtTheEnd(ended: Ended, { kept = [], without = [], reference = {}, foreign = [] }: Ending): Promise<Problems> {
  const { fleet, profiles, secrets, history, lines, requests, from, publish, render } = ended;
  const absent = new Set(without.map((name) => `${fleet}/${name}`));
  const own = (): readonly SeenRequest[] => requests.slice(from);
  const standing = async (): Promise<Problems> => {
    const stands = await secrets();
    const usable = (await profiles()).filter(({ metadata }) => !kept.some((each) => each.metadata.name === metadata.name));
    const all = await render([...usable, ...kept]);
    const expected = all.filter(({ metadata }) => !absent.has(metadata.annotations?.[annotations.cluster] ?? ""));
    return [...endState(stands, expected), ...truthful(lines, stands, own())];
  };

  const unsettled = await untilNone(async () => [...(await standing()), ...following(own()), ...leaving(lines)]);
  if (unsettled.length > 0) return unsettled;
  const since = performance.now();
  await publish("witness");
  await untilNone(standing);
  // The roll is written a moment after what it is about; then there is to be no end of silence.
  await untilNone(async () => quiescence(requests.filter(({ at }) => at > performance.now() - quiet)));
  const quietFrom = requests.length;
  await pause(quiet);
  await history.caughtUp();

  const counts = Object.fromEntries(Object.entries(reference).map(([name, each]) => [`${fleet}.${name}`, each]));
  return [
    ...(await standing()),
    ...withinReference(history.events, counts),
    ...ownObjectsOnly(requests, history.events),
    ...changed(foreign, await secrets()),
    ...deletesAreExact(requests),
    ...quiescence(requests.slice(quietFrom)),
    ...prompt(requests, `${fleet}.witness`, since, promptly),
  ];
}

/** Until profiles are followed again nobody can hear of a witness; how long that may take is for the back-off to say. */
function following(requests: readonly SeenRequest[]): Problems {
  const last = requests.findLast(({ verb, resource }) => verb === "watch" && resource === "clusterprofiles");
  return last?.status === 200 && last.isOver === undefined ? [] : ["profiles are not followed"];
}

/** Whoever is half gone will be written about once more. */
function leaving(lines: readonly LogLine[]): Problems {
  const last = new Map(lines.flatMap(({ message, cluster, state }) => (message === "state" ? [[String(cluster), state] as const] : [])));
  return [...last].flatMap(([cluster, state]) => (state === "leaving" ? [`${cluster} is still leaving`] : []));
}

function changed(foreign: readonly KubeObject[], secrets: readonly KubeObject[]): Problems {
  const now = new Map(secrets.map((object) => [object.metadata.name, JSON.stringify(object)]));
  return foreign.flatMap((object) => {
    const { name } = object.metadata;
    return now.get(name) === JSON.stringify(object) ? [] : [`O3: ${name} is not ours and is not as it was`];
  });
}

/** Asks until there are no problems any more, or for so long that there always will be. */
async function untilNone(ask: () => Promise<Problems>): Promise<Problems> {
  const deadline = performance.now() + patience;
  for (;;) {
    const problems = await ask();
    if (problems.length === 0 || performance.now() > deadline) return problems;
    await pause(30);
  }
}
