import { annotations, labels, RollcallError, type ClusterId, type Kind, type KubeObject } from "@rollcall/contract";
import { backoff, create, isApiError, isConflict, isNewer, patch, read, sleep, type Transport } from "@rollcall/kube";
import { ownerLabels, type Owner } from "./marks.ts";
import { emptyRoll, readRoll, writeRoll, type Absence, type Roll, type Window } from "./roll.ts";

/** What is to be remembered from now on; what is not named stays as it is. */
export interface RollChange {
  readonly hub?: string;
  readonly absence?: { readonly id: ClusterId; readonly is: Absence | undefined };
  readonly window?: Window;
  readonly ack?: readonly ClusterId[];
}

export interface RollKeeper {
  /** Reads the roll; until then there is none, and nobody may leave. */
  load(): Promise<void>;
  /** With everything that was noted, written or not. */
  roll(): Roll;
  generation(): number;
  /** The digest that an operator has put on the roll, if any. */
  ack(): string | undefined;
  /** Remembers; written within a moment, together with others. */
  note(change: RollChange): void;
  /** Remembers, and resolves when it is written. Rejects when someone else wrote first: then decide again. */
  commit(change: RollChange): Promise<void>;
  /** Takes what the watch saw of the roll. */
  saw(object: KubeObject | undefined): void;
  close(): Promise<void>;
}

export interface RollKeeperOptions {
  readonly transport: Transport;
  readonly namespace: string;
  readonly owner: Owner;
  /** Told when the roll is another than it was: an ack, or another writer. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

export const rollKind = (namespace: string): Kind => ({ apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespace });

export function rollName({ instance, list }: Owner): string {
  return `${instance}-${list}-roll`;
}

const pause = 50;

/** Keeps a list's roll in its ConfigMap. Every write carries a resourceVersion, so two writers cannot spend the same window. */
export function rollKeeper({ transport, namespace, owner, onChange, onError }: RollKeeperOptions): RollKeeper {
  const kind = rollKind(namespace);
  const name = rollName(owner);
  const retry = backoff();
  let draft = mutable(emptyRoll);
  let generation = 0;
  let written: KubeObject | undefined;
  let isDirty = false;
  let waiting: PromiseWithResolvers<void>[] = [];
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function take(object: KubeObject | undefined): void {
    draft = mutable(object === undefined ? emptyRoll : readRoll(object.data?.["roll"] ?? ""));
    written = object;
    isDirty = false;
    generation += 1;
  }

  function apply({ hub, absence, window, ack }: RollChange): void {
    if (hub !== undefined) draft.hub = hub;
    if (window !== undefined) draft.window = window;
    ack?.forEach((id) => draft.acked.add(id));
    if (absence?.is !== undefined) draft.absences.set(absence.id, absence.is);
    else if (absence !== undefined) {
      draft.absences.delete(absence.id);
      draft.acked.delete(absence.id);
    }
    generation += 1;
    isDirty = true;
  }

  /** One write at a time; what comes meanwhile goes with the next. */
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    writing ??= write().finally(() => {
      writing = undefined;
      if (waiting.length > 0) flush();
      else if (isDirty) timer ??= setTimeout(flush, pause);
    });
  }

  async function write(): Promise<void> {
    const settled = waiting;
    waiting = [];
    isDirty = false;
    try {
      written = await save(writeRoll(draft));
      retry.reset();
      settled.forEach(({ resolve }) => resolve());
    } catch (error) {
      const lost = isConflict(error) || isApiError(error, 409) || isApiError(error, 404);
      const why = lost
        ? new RollcallError("RollChanged", `the roll of list "${owner.list}" was written by someone else; deciding again`, {
            retry: true,
            cause: error,
          })
        : error;
      // What could not be written is forgotten, or a step would be taken that nobody would remember.
      if (!lost) take(written);
      settled.forEach(({ reject }) => reject(why));
      await (lost ? reread() : lookAgain(error));
    }
  }

  async function lookAgain(error: unknown): Promise<void> {
    onError(error);
    await sleep(retry.next());
    onChange();
  }

  async function save(text: string): Promise<KubeObject> {
    const metadata = { name, namespace, labels: ownerLabels(owner) };
    if (written === undefined) {
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { roll: text } };
      return { ...object, ...(await create(transport, kind, object)) };
    }
    const { uid, resourceVersion, annotations: notes } = written.metadata;
    // An ack is used up by the write that it allowed.
    const used = notes?.[annotations.ack] !== undefined && draft.usedAck ? { annotations: { [annotations.ack]: null } } : {};
    const body = { metadata: { uid, resourceVersion, labels: ownerLabels(owner), ...used }, data: { roll: text } };
    const answer = await patch(transport, kind, { metadata }, body);
    draft.usedAck = false;
    return { ...written, metadata: answer.metadata, data: { roll: text } };
  }

  async function reread(): Promise<void> {
    try {
      take(await find());
      onChange();
    } catch (error) {
      onError(error);
    }
  }

  async function find(): Promise<KubeObject | undefined> {
    try {
      return await read(transport, kind, name, namespace);
    } catch (error) {
      if (isApiError(error, 404)) return undefined;
      throw error;
    }
  }

  return {
    load: async () => take(await find()),
    roll: () => draft,
    generation: () => generation,
    ack: () => written?.metadata.annotations?.[annotations.ack],
    note(change) {
      apply(change);
      timer ??= setTimeout(flush, pause);
    },
    commit(change) {
      apply(change);
      if (change.ack !== undefined || change.hub !== undefined) draft.usedAck = true;
      const done = Promise.withResolvers<void>();
      waiting.push(done);
      flush();
      return done.promise;
    },
    saw(object) {
      // Our own writes come back through the watch; while one is under way its answer decides.
      if (writing !== undefined || isDirty) return;
      if (object === undefined) return void reread();
      if (written !== undefined && !isNewer(object.metadata.resourceVersion ?? "", written.metadata.resourceVersion ?? "")) return;
      try {
        if (object.data?.["roll"] === written?.data?.["roll"]) written = object;
        else take(object);
        onChange();
      } catch (error) {
        onError(error);
      }
    },
    async close() {
      clearTimeout(timer);
      if (isDirty) flush();
      await writing;
    },
  };
}

interface Draft extends Roll {
  hub?: string;
  absences: Map<ClusterId, Absence>;
  window?: Window;
  acked: Set<ClusterId>;
  usedAck: boolean;
}

function mutable(roll: Roll): Draft {
  return { ...roll, absences: new Map(roll.absences), acked: new Set(roll.acked), usedAck: false };
}

/** The label that finds the rolls of one installation. */
export function rollSelector(instance: string): string {
  return `${labels.instance}=${instance}`;
}
