import type { Problems } from "@rollcall/testing";
import { rollName, until } from "../stories/world.ts";
import { foreignSecret, problemsInTheEnd } from "./ending.ts";
import { faultsOf, type Say } from "./faults.ts";
import { judge } from "./judge.ts";
import { people } from "./people.ts";
import { planOf } from "./plan.ts";
import { sleep } from "./sleep.ts";
import { chaosWorld, graces, guardRule, places, user } from "./world.ts";

export interface ChaosOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly say: Say;
}

export interface ChaosEnd {
  readonly problems: Problems;
  /** How much was looked at. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Milliseconds of good sight after which a change must have been noticed, by a busy machine too. */
const lag = 3000;

/** Lets everything go wrong for so many minutes, then lets it come to rest, and says what was wrong in all that time. */
export async function chaos({ seed, minutes, say }: ChaosOptions): Promise<ChaosEnd> {
  const started = Date.now();
  const tell: Say = (line) => say(`${((Date.now() - started) / 1000).toFixed(2)} s  ${line}`);
  const plan = planOf(seed, minutes);
  await using world = await chaosWorld();
  const { plane } = world;
  const over = new AbortController();

  await plane.apply(foreignSecret("taken"));
  const foreign = (await plane.get("Secret", places.argocd, foreignSecret("taken").metadata.name))!;
  const faults = faultsOf(world, plan, over.signal, tell);
  const folk = people(world, plan, () => faults.now().program, over.signal, tell);
  await folk.publish("taken", ...plan.clusters);
  await until(
    "all clusters are on the list",
    async () => (await plane.list("Secret", places.argocd)).length === plan.clusters.length + 1,
    90,
  );

  tell(`it begins: seed ${seed}, ${minutes} minutes`);
  const work = Promise.all([faults.work(), folk.work()]);
  await sleep(minutes * 60_000);
  tell("it is over, and comes to rest");
  over.abort();
  await work;
  const atTheEnd = await problemsInTheEnd(world, faults, folk, foreign);

  const audit = await world.audit();
  const inTime = judge({
    ...places,
    user,
    roll: rollName,
    graces,
    guard: guardRule,
    lag,
    audit,
    phases: folk.phases,
    used: folk.used,
    acks: folk.acks,
    blind: faults.blind,
    starting: faults.starting,
  });
  const problems = [...faults.problems, ...inTime, ...atTheEnd];
  if (problems.length > 0) for (const line of faults.now().program.lines.slice(-60)) say(JSON.stringify(line));
  const own = audit.filter((each) => each.user === user && each.code < 300);
  const count = (verb: string): number => own.filter((each) => each.verb === verb).length;
  return {
    problems,
    counts: {
      faults: faults.blind.length,
      creates: count("create"),
      patches: count("patch"),
      deletes: count("delete"),
      acks: folk.acks.length,
    },
  };
}
