import type { KubeObject } from "@rollcall/contract";

/** Something that happened to an object, as the server itself tells it. */
export interface Happened {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
}

/** Everything that happens to a collection, from now on. */
export interface History {
  readonly events: readonly Happened[];
  /** Waits until everything is told that has happened by now. */
  caughtUp(): Promise<void>;
  stop(): void;
}

/** Where a collection is, and who may watch it; not through the proxy that goes wrong. */
export interface HistoryOptions {
  readonly url: string;
  /** Path of the collection. */
  readonly path: string;
  readonly token?: string;
}

/** Follows a collection on the server: what a program did there, whatever it says that it did. What stands already comes first, as added. */
export async function followHistory({ url, path, token }: HistoryOptions): Promise<History> {
  const events: Happened[] = [];
  const known = new Map<string, KubeObject>();
  const told = { upTo: 0 };
  const stopping = new AbortController();
  const { signal } = stopping;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };

  async function ask(query: string): Promise<Response> {
    const answer = await fetch(`${url}${path}${query}`, { headers, signal });
    if (answer.ok) return answer;
    throw new Error(`cannot follow ${path}: the server answered ${answer.status} ${await answer.text()}`);
  }

  /** What stands, and how that differs from what is known. */
  async function list(): Promise<void> {
    const { metadata, items } = (await (await ask("")).json()) as Listed;
    const now = new Map((items ?? []).map((object) => [object.metadata.name, object]));
    for (const [name, object] of known) if (!now.has(name)) tell({ type: "DELETED", object });
    for (const [name, object] of now) {
      const before = known.get(name);
      if (before === undefined) tell({ type: "ADDED", object });
      else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) tell({ type: "MODIFIED", object });
    }
    told.upTo = Number(metadata.resourceVersion);
  }

  function tell(event: Happened): void {
    const { type, object } = event;
    events.push(event);
    if (type === "DELETED") known.delete(object.metadata.name);
    else known.set(object.metadata.name, object);
  }

  async function read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const event = JSON.parse(line) as Happened | { readonly type: "ERROR" };
        if (event.type === "ERROR") return;
        tell(event);
        told.upTo = Number(event.object.metadata.resourceVersion);
      }
    }
  }

  const begun = Promise.withResolvers<void>();
  begun.promise.catch(() => stopping.abort());

  /** A server that is restarted ends the watch; what happened until the next one, a list tells. */
  async function follow(): Promise<void> {
    while (!signal.aborted) {
      try {
        await list();
        const watch = await ask(`?watch=1&resourceVersion=${told.upTo}`);
        begun.resolve();
        await read(watch.body!);
      } catch (error) {
        begun.reject(error);
      }
      await pause(100);
    }
  }

  void follow();
  await begun.promise;
  return {
    events,
    async caughtUp() {
      // The newest of what stands is told last; an object that was deleted since has no version to wait for, so a moment is added.
      const { items } = (await (await ask("")).json()) as Listed;
      const newest = Math.max(0, ...(items ?? []).map(({ metadata }) => Number(metadata.resourceVersion)));
      for (let tries = 0; told.upTo < newest && tries < 500; tries += 1) await pause(10);
      await pause(50);
    },
    stop: () => stopping.abort(),
  };
}

interface Listed {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubeObject[] | null;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
