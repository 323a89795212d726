import { annotations, RollcallError, type KubeObject } from "@rollcall/contract";
import { ApiError, backoff, isApiError, isConflict, isNewer, sleep, type Transport } from "@rollcall/kube";
import { amend, mutable, type RollChange } from "./draft.ts";
import { readLoginWords, type LoginWords } from "./login-words.ts";
import type { Owner } from "./marks.ts";
import { noOrders, readOrders, type Orders } from "./orders.ts";
import { rollObject } from "./roll-object.ts";
import { emptyRoll, writeRoll, type Roll } from "./roll.ts";

export interface RollKeeper {
  /** Reads the roll; until then there is none, and nobody may leave. */
  load(): Promise<void>;
  /** With everything that was noted, written or not. */
  roll(): Roll;
  /** As it is written: what another one would read who takes over now. */
  saved(): Roll;
  generation(): number;
  /** How a person confirms a digest: a command. */
  readonly confirm: (digest: string) => string;
  /** The digest that an operator has put on the roll, if any. */
  ack(): string | undefined;
  /** What people have ordered, whether or not it holds at this moment. */
  orders(): Orders;
  /** What whoever is at work says of logins. */
  logins(): LoginWords;
  /** Remembers; written within a moment, together with others. What cannot be written is forgotten, and `onChange` told. */
  note(change: RollChange): void;
  /** Remembers, and resolves when it is written. Rejects when it cannot be, or when someone else wrote first: then decide again. */
  commit(change: RollChange): Promise<void>;
  /** Takes what the watch saw of the roll. */
  saw(object: KubeObject | undefined): void;
  close(): Promise<void>;
}

export interface RollKeeperOptions {
  readonly transport: Transport;
  readonly namespace: string;
  readonly owner: Owner;
  /** Where the config is, for commands that are told to a person. */
  readonly configPath?: string;
  /** Told when the roll is another than it was: an ack, or another writer. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

const pause = 50;

/** Keeps a list's roll in its ConfigMap. Every write carries a resourceVersion, so two writers cannot spend the same window. */
export function rollKeeper({ transport, namespace, owner, configPath = "FILE", onChange, onError }: RollKeeperOptions): RollKeeper {
  const object = rollObject(transport, namespace, owner);
  const retry = backoff();
  const closing = new AbortController();
  let draft = mutable(emptyRoll);
  let saved: Roll = emptyRoll;
  let orders: Orders = noOrders;
  let generation = 0;
  let written: KubeObject | undefined;
  let isDirty = false;
  let waiting: PromiseWithResolvers<void>[] = [];
  let writing: Promise<void> | undefined;
  /** Why nothing can be written at the moment, while it is not even tried. */
  let resting: Error | undefined;
  /** What the watch saw while a write was under way. */
  let missed: { readonly object: KubeObject | undefined } | undefined;
  /** Ends a rest early. */
  let news = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  /** What stands is the truth. Whoever counted on something that is not in it has to decide again. */
  function take(found: KubeObject | undefined, why: Error = changed()): void {
    const read = { roll: object.read(found), orders: readOrders(found?.data?.["orders"]) };
    ({ roll: saved, orders } = read);
    draft = mutable(saved);
    written = found;
    isDirty = false;
    generation += 1;
    const late = waiting;
    waiting = [];
    late.forEach(({ reject }) => reject(why));
  }

  function apply(change: RollChange): void {
    amend(draft, change);
    generation += 1;
    isDirty = true;
  }

  /** One thing at a time: what is asked for while a write or a read is under way comes after it. */
  function work(job: () => Promise<void>): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing ??= job().finally(() => {
      writing = undefined;
      if (isClosed()) return;
      const seen = missed;
      missed = undefined;
      if (waiting.length > 0) void work(write);
      else if (isDirty) timer ??= setTimeout(() => void work(write), pause);
      if (seen !== undefined) saw(seen.object);
    });
    return writing;
  }

  async function write(): Promise<void> {
    const settled = waiting;
    waiting = [];
    isDirty = false;
    const now: Roll = mutable(draft);
    const { usedAck } = draft;
    draft.usedAck = false;
    const text = writeRoll(now);
    // Noted and taken back within a moment. Whoever commits wants to know that nobody else has written, so that is never left out.
    if (settled.length === 0 && !usedAck && text === written?.data?.["roll"]) return;
    try {
      written = await object.save(written, text, usedAck);
      saved = now;
      generation += 1;
      retry.reset();
      settled.forEach(({ resolve }) => resolve());
    } catch (error) {
      const isLost = written === undefined ? isApiError(error, 409) : isConflict(error) || isApiError(error, 409) || isApiError(error, 404);
      const why = isLost ? changed(error) : hindrance(error);
      // What could not be written is forgotten, or a step would be taken that nobody would remember.
      take(written, why);
      settled.forEach(({ reject }) => reject(why));
      await (isLost ? reread() : rest(why));
    }
  }

  /** Meanwhile whoever wants to commit is told at once, so that nobody else has to wait behind them. */
  async function rest(why: Error): Promise<void> {
    onError(why);
    resting = why;
    news = new AbortController();
    await sleep(
      Math.max(retry.next(), why instanceof ApiError ? (why.retryAfter ?? 0) : 0),
      AbortSignal.any([closing.signal, news.signal]),
    );
    resting = undefined;
    tellChange();
  }

  function tellChange(): void {
    if (!isClosed()) onChange();
  }

  function isClosed(): boolean {
    return closing.signal.aborted;
  }

  function changed(cause?: unknown): RollcallError {
    return new RollcallError("RollChanged", `the roll of list "${owner.list}" was written by someone else; deciding again`, {
      retry: true,
      cause,
    });
  }

  function hindrance(error: unknown): Error {
    if (!isApiError(error, 404)) return error instanceof Error ? error : new Error(String(error));
    const how = `create namespace "${namespace}", or name another one for the state; until then nobody leaves`;
    return new RollcallError("NoRoll", `the roll of list "${owner.list}" cannot be written: ${error.message}; ${how}`, {
      retry: true,
      cause: error,
    });
  }

  async function reread(): Promise<void> {
    try {
      take(await object.find());
    } catch (error) {
      const why = hindrance(error);
      take(written, why);
      return rest(why);
    }
    tellChange();
  }

  function saw(seen: KubeObject | undefined): void {
    // Our own writes come back through the watch; while one is under way its answer decides.
    if (writing !== undefined || isDirty) {
      missed = { object: seen };
      // Somebody has changed the roll: what was in the way may be gone.
      return news.abort();
    }
    if (seen === undefined) return void work(reread);
    if (written !== undefined && !isNewer(seen.metadata.resourceVersion ?? "", written.metadata.resourceVersion ?? "")) return;
    try {
      if (seen.data?.["roll"] !== written?.data?.["roll"]) take(seen);
      else {
        const isRead = seen.data?.["orders"] !== written?.data?.["orders"] || ackOn(seen) !== ackOn(written);
        orders = isRead ? readOrders(seen.data?.["orders"]) : orders;
        written = seen;
        // What is said of logins is for whoever looks on.
        if (!isRead) return;
        generation += 1;
      }
      tellChange();
    } catch (error) {
      onError(error);
    }
  }

  return {
    load: async () => take(await object.find()),
    roll: () => draft,
    saved: () => saved,
    generation: () => generation,
    confirm: (digest) => `rollcall ack ${owner.list} ${digest} --config ${configPath}`,
    ack: () => ackOn(written),
    logins: () => readLoginWords(written?.data?.["logins"]),
    orders: () => orders,
    note(change) {
      if (isClosed()) return;
      apply(change);
      if (writing === undefined) timer ??= setTimeout(() => void work(write), pause);
    },
    commit(change) {
      if (isClosed()) return Promise.reject(changed());
      if (resting !== undefined) return Promise.reject(resting);
      apply(change);
      if (change.ack !== undefined || change.hub !== undefined) draft.usedAck = true;
      const done = Promise.withResolvers<void>();
      waiting.push(done);
      void work(write);
      return done.promise;
    },
    saw,
    async close() {
      closing.abort();
      clearTimeout(timer);
      await writing;
      if (isDirty) await work(write);
    },
  };
}

function ackOn(object: KubeObject | undefined): string | undefined {
  return object?.metadata.annotations?.[annotations.ack];
}
