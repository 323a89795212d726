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
  const stopping = new AbortController();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const ask = async (query: string): Promise<Response> => {
    const answer = await fetch(`${url}${path}${query}`, { headers, signal: stopping.signal });
    if (answer.ok) return answer;
    throw new Error(`cannot follow ${path}: the server answered ${answer.status} ${await answer.text()}`);
  };
  const list = async (): Promise<Listed> => (await (await ask("")).json()) as Listed;

  const { metadata, items } = await list();
  for (const object of items ?? []) events.push({ type: "ADDED", object });
  const told = { upTo: Number(metadata.resourceVersion) };
  const watch = await ask(`?watch=1&resourceVersion=${told.upTo}`);
  void follow(watch.body!).catch(() => undefined);

  async function follow(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const event = JSON.parse(line) as Happened;
        events.push(event);
        told.upTo = Number(event.object.metadata.resourceVersion);
      }
    }
  }

  return {
    events,
    async caughtUp() {
      // The newest of what stands is told last; an object that was deleted since has no version to wait for, so a moment is added.
      const { items } = await list();
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
