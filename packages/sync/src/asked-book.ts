import { RollcallError, shortHash, type ClusterId, type KubeObject } from "@rollcall/contract";
import { create, isApiError, isConflict, patch, read, type Transport } from "@rollcall/kube";
import { ownerLabels, type Owner } from "./marks.ts";
import { checkOwner, rollKind } from "./roll-object.ts";
import type { Asked } from "./asked.ts";
import type { Window } from "./roll.ts";

/** The name of the ConfigMap that says whom each placement of a list was answered last. */
export function askedName({ instance, list }: Owner): string {
  return `${instance}-${list}-answers`;
}

/** What every placement that is asked for was answered last. A program that begins anew answers no fewer than that. */
export interface AskedBook {
  /** Reads it; nobody may be answered before. */
  load(): Promise<void>;
  /** Throws where what stands cannot be read. */
  get(placement: string): Asked | undefined;
  placements(): readonly string[];
  /** Writes down whom a placement is answered from now on, or that it is no more. Rejects when that cannot be, or when someone else wrote first: then decide again. */
  put(placement: string, asked: Asked | undefined): Promise<void>;
}

export interface AskedBookOptions {
  readonly transport: Transport;
  readonly namespace: string;
  readonly owner: Owner;
}

/** An object holds 1 MiB, and more than its data counts. */
const most = 900_000;

interface Text {
  readonly placement: string;
  /** Names by namespace: there may be thousands. */
  readonly clusters: Readonly<Record<string, string>>;
  readonly window?: Window;
  readonly since?: number;
  readonly held?: Asked["held"];
  readonly decision?: string;
}

type Known = { readonly placement: string; readonly asked: Asked } | RollcallError;

export function askedBook({ transport, namespace, owner }: AskedBookOptions): AskedBook {
  const kind = rollKind(namespace);
  const metadata = { name: askedName(owner), namespace, labels: ownerLabels(owner) };
  let found: KubeObject | undefined;
  let known = new Map<string, Known>();
  let writing: Promise<void> = Promise.resolve();

  async function load(): Promise<void> {
    found = await findAsked({ transport, namespace, owner });
    known = readAsked(found);
  }

  async function write(placement: string, asked: Asked | undefined): Promise<void> {
    const key = keyOf(placement);
    const text = asked && textOf(placement, asked);
    const { [key]: _, ...others } = found?.data ?? {};
    const size = Object.values(others).reduce((sum, each) => sum + each.length, text?.length ?? 0);
    if (size > most) throw new RollcallError("AnswersFull", `ConfigMap ${namespace}/${metadata.name} ${tooMuch}`, { retry: false });
    try {
      if (found === undefined) {
        if (text === undefined) return;
        // With all that this program has answered: somebody may have deleted it, and that takes back nobody's answer.
        const made = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { ...textsOf(known), [key]: text } };
        found = { ...made, ...(await create(transport, kind, made)) };
      } else {
        const { uid, resourceVersion } = found.metadata;
        const answer = await patch(transport, kind, found, { metadata: { uid, resourceVersion }, data: { [key]: text ?? null } });
        found = { ...found, metadata: answer.metadata, data: text === undefined ? others : { ...others, [key]: text } };
      }
    } catch (error) {
      // Somebody else wrote: what they wrote is what was answered last.
      if (isConflict(error) || isApiError(error, 409)) await load();
      else if (isApiError(error, 404)) found = undefined;
      throw error;
    }
    if (asked === undefined) known.delete(key);
    else known.set(key, { placement, asked });
  }

  return {
    load,
    get(placement) {
      const asked = known.get(keyOf(placement));
      if (asked instanceof RollcallError) throw asked;
      return asked?.asked;
    },
    placements: () => [...known.values()].flatMap((each) => (each instanceof RollcallError ? [] : [each.placement])),
    put(placement, asked) {
      const written = writing.then(() => write(placement, asked));
      // One at a time, and whoever comes after does not mind what became of this one.
      writing = written.catch(() => undefined);
      return written;
    },
  };
}

const tooMuch = "cannot hold whom more placements were answered last; put some of them into a list of their own";

async function findAsked({ transport, namespace, owner }: AskedBookOptions): Promise<KubeObject | undefined> {
  try {
    const found = await read(transport, rollKind(namespace), askedName(owner), namespace);
    checkOwner(found, owner);
    return found;
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** What it says of each placement, by its key; what cannot be read is an error for whoever asks, and for nobody else. */
function readAsked(found: KubeObject | undefined): Map<string, Known> {
  const all = Object.entries(found?.data ?? {});
  return new Map(
    all.map(([key, text]) => {
      try {
        return [key, knownOf(key, JSON.parse(text) as Text)] as const;
      } catch (cause) {
        const where = `ConfigMap ${found!.metadata.namespace}/${found!.metadata.name}, key ${key}`;
        return [key, new RollcallError("BadAnswers", `${where}, ${unread}`, { retry: true, cause })] as const;
      }
    }),
  );
}

function knownOf(key: string, { placement, clusters, window, since, held, decision }: Text): Known {
  if (typeof placement !== "string" || keyOf(placement) !== key) throw new Error("it speaks of another placement");
  const ids = Object.entries(clusters).flatMap(([place, names]) => names.split(" ").map((name): ClusterId => `${place}/${name}`));
  return {
    placement,
    asked: {
      clusters: new Set(ids),
      ...(window && { window }),
      ...(since !== undefined && { since }),
      ...(held && { held }),
      ...(decision !== undefined && { decision }),
    },
  };
}

/** A placement that waits for a person's word. */
export interface HeldPlacement {
  readonly placement: string;
  readonly why: string;
  readonly digest: string;
}

/** Those that wait, for somebody who looks on. */
export async function heldPlacements(options: AskedBookOptions): Promise<readonly HeldPlacement[]> {
  return [...readAsked(await findAsked(options)).values()].flatMap((known) => {
    if (known instanceof RollcallError) return [];
    const { why, digest } = known.asked.held ?? {};
    return why === undefined || digest === undefined ? [] : [{ placement: known.placement, why, digest }];
  });
}

const unread =
  "cannot be read, so nobody knows whom it was answered last; restore it, or delete the key: then whoever is answered next counts as the first";

function textOf(placement: string, { clusters, ...more }: Asked): string {
  const by = Map.groupBy([...clusters].toSorted(), (id) => id.slice(0, id.indexOf("/")));
  const names = [...by].map(([place, ids]) => [place, ids.map((id) => id.slice(place.length + 1)).join(" ")] as const);
  return JSON.stringify({ placement, clusters: Object.fromEntries(names), ...more } satisfies Text);
}

function textsOf(all: ReadonlyMap<string, Known>): Record<string, string> {
  return Object.fromEntries(
    [...all].flatMap(([key, each]) => (each instanceof RollcallError ? [] : [[key, textOf(each.placement, each.asked)] as const])),
  );
}

function keyOf(placement: string): string {
  return shortHash(placement);
}
