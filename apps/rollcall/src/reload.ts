import { refusalOf } from "@rollcall/contract";
import { sleep } from "@rollcall/kube";
import type { ListSource, ReadConfig } from "./config/config.ts";
import type { Log } from "./log.ts";
import type { Reconfiguration } from "./reconfigure.ts";

/** What came of reading a config again. */
export type Reloaded = "taken" | "partly taken" | "refused";

export interface Reloading {
  readonly source: ListSource;
  readonly take: (config: ReadConfig) => Reconfiguration | undefined;
  readonly log: Log;
  readonly done?: (result: Reloaded, problems: number) => void;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at the source. */
  readonly every?: number;
}

/** Follows a config and takes what it says now. What is no good is said once and leaves everything as it was. Gives a way to read it at once. */
export function followConfig({ source, take, log, done, signal, every = 1000 }: Reloading): () => Promise<void> {
  let reading = Promise.resolve();

  async function again(): Promise<void> {
    const read = await source.read().catch((error: unknown): ReadConfig => {
      return { problems: [{ path: "(the config)", message: refusalOf(error).message }], leftOut: [] };
    });
    if (signal.aborted) return;
    for (const { path, message } of read.problems) log("error", "config problem", { at: path, problem: message });
    const next = take(read);
    tell(next, log);
    done?.(next === undefined ? "refused" : read.problems.length > 0 ? "partly taken" : "taken", read.problems.length);
  }

  const readNow = (): Promise<void> => (reading = reading.then(again));

  async function poll(): Promise<void> {
    let before: string | undefined;
    for (;;) {
      await sleep(every, signal);
      if (signal.aborted) return;
      const news = await source.news();
      // Half a config may be a good one that says something else, so what is being written is not read before it rests.
      if (news !== undefined && news === before) await readNow();
      before = news;
    }
  }
  void poll();
  return readNow;
}

function tell(next: Reconfiguration | undefined, log: Log): void {
  if (next === undefined) return log("error", "config refused", { then: "all goes on as before; mend it, and it is read again" });
  const names = (of: readonly { readonly name: string; readonly mode: string }[]): readonly string[] =>
    of.map(({ name, mode }) => `${name} (${mode})`);
  const { added, changed, moved, gone, asBefore, newProviders, afterRestart } = next;
  log("info", "config taken", { added: names(added), changed: names(changed), gone, providers: newProviders ? "changed" : "as before" });
  for (const list of asBefore) log("warn", "list goes on as before", { list, todo: "mend its problems, and it is read again" });
  for (const list of moved)
    log("warn", "list is kept elsewhere now", { list, todo: "what it wrote before stays where it is; delete it once nobody uses it" });
  for (const list of gone)
    log("warn", "list is not kept any more", {
      list,
      todo: `its objects stay as they are; to end it: rollcall detach ${list} --keep or --delete`,
    });
  if (afterRestart.length > 0)
    log("warn", "config needs a restart", { keys: afterRestart, todo: "restart Rollcall; until then the old values hold" });
}
