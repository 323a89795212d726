import { cold } from "../cases/cold.ts";
import { ours, stock, type Contender, type Site } from "./contender.ts";
import { bodiesOf, fillFleet } from "./fill.ts";
import { launchLists, launchPropagation, launchWrites, settleFloors, writeFloors } from "./floors.ts";
import type { Rig } from "./rig.ts";
import type { Subject } from "./subject.ts";
import type { Tools } from "./tools.ts";

/** A column of a table: something that can be started at a site. */
export interface Column {
  readonly name: string;
  /** What it says when everything is as it should be. */
  readonly ready: string;
  readonly site: Site;
  readonly start: () => Subject;
}

/** A block before anything of it is measured. */
export interface Prepared {
  /** Those who keep a list. */
  readonly contenders: readonly Column[];
  /** Those who only write, as fast as it goes. */
  readonly writers: readonly Column[];
  /** Who reads everything once. */
  readonly lists: Column;
  /** Who carries changes by the shortest way. */
  readonly raw: Column;
  /** A contender at a new site, with something else there before it comes. */
  readonly elsewhere: (name: string, key: string, before: (site: Site) => Promise<void>) => Promise<Column>;
}

export interface PrepareInput {
  readonly rig: Rig;
  readonly n: number;
  readonly tools: Tools;
  /** Node's flags for our program. */
  readonly flags: readonly string[];
}

const fleet = "fleet";

/** Fills the fleet, warms the server, and gives everyone a site and rights. */
export async function prepareBlock({ rig, n, tools: { program, scripts, go }, flags }: PrepareInput): Promise<Prepared> {
  const { plane } = rig;
  const all = [ours(program, flags), stock(scripts.stock)];
  await plane.apply(namespace(fleet));
  await fillFleet(plane, fleet, n);

  // Ours goes first once, unmeasured: the server is warm then, and what it wrote is what the floors write.
  const warm = await settled(ours(program), "warm");
  await cold(rig, warm.site.target, n, warm.start);
  const bodies = await bodiesOf(plane, warm.site.target);

  const floors = writeFloors(scripts["floor-writes"], go);
  const sites: Site[] = [];
  for (const { name } of floors) sites.push(await newSite(name.replaceAll(" ", "-")));
  const parts = await settleFloors(plane, sites, bodies);
  const site = sites[0]!;
  const contenders: Column[] = [];
  for (const each of all) contenders.push(await settled(each, each.name));

  return {
    contenders,
    writers: floors.map((floor, at) => ({
      name: floor.name,
      ready: "done",
      site: sites[at]!,
      start: () => launchWrites(floor, parts, sites[at]!),
    })),
    lists: { name: "floor", ready: "done", site, start: () => launchLists(scripts["floor-lists"], parts, site) },
    raw: { name: "floor", ready: "ready", site, start: () => launchPropagation(scripts["floor-propagation"], parts, site) },
    elsewhere: (name, key, before) =>
      settled(
        all.find((each) => each.name === name)!,
        key,
        before,
      ),
  };

  async function settled(contender: Contender, key: string, before?: (site: Site) => Promise<void>): Promise<Column> {
    const site = await newSite(key);
    await before?.(site);
    const { name, ready } = contender;
    return { name, ready, site, start: await contender.settle(plane, site) };
  }

  async function newSite(key: string): Promise<Site> {
    const made = { fleet, target: `target-${key}`, state: `state-${key}` };
    await plane.apply([namespace(made.target), namespace(made.state)]);
    return made;
  }
}

function namespace(name: string) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}
