import type { Standing } from "@rollcall/sync";
import type { Log } from "./log.ts";

/** Says what is labelled as ours and that nobody keeps: one line for a list that is not kept, one for each object that tells no cluster. */
export function logStrays(log: Log, strays: readonly Standing[], lists: ReadonlySet<string>): void {
  const gone = Map.groupBy(
    strays.filter(({ list }) => !lists.has(list)),
    ({ list }) => list,
  );
  for (const [list, objects] of gone) {
    const todo = `what it wrote stays as it is; mend its problem in the config, put it back there, or end it: rollcall detach ${list} --keep (or --delete)`;
    log("warn", "objects of a list that is not kept", { list, objects: objects.length, first: objects[0]!.key, todo });
  }
  for (const { list, key } of strays)
    if (lists.has(list))
      log("warn", "stray object", {
        list,
        object: key,
        todo: "it has our labels and tells no cluster of its own, or stands where its list does not write, as a copy does; it is never changed or deleted; take the labels off, or delete it",
      });
}

/** Says what is new of them whenever something was listed whole, once nothing more comes for a moment. */
export function strayWatch(log: Log, strays: () => readonly Standing[], lists: () => ReadonlySet<string>, pause = 1000): () => void {
  const told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    timer = undefined;
    const now = strays();
    const nameOf = ({ list, key }: Standing): string => `${list} ${lists().has(list) ? key : ""}`;
    logStrays(
      log,
      now.filter((each) => !told.has(nameOf(each))),
      lists(),
    );
    told.clear();
    for (const each of now) told.add(nameOf(each));
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(look, pause);
    timer.unref();
  };
}
