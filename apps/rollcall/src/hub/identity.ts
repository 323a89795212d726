import { read, sleep, type InformerEvent, type Transport } from "@rollcall/kube";
import type { Log } from "../log.ts";
import { persistently } from "../persistently.ts";

/** By what a hub is known: the uid of its kube-system namespace, whatever its address. */
export interface Identity {
  /** Resolves when it is known for the first time. */
  readonly known: Promise<string>;
  /** What it was found to be last; nothing while that is being found out anew. */
  uid(): string | undefined;
  /** Told what happens to the hub's watches, and that something was read from it. */
  heard(event: InformerEvent): void;
  took(): void;
}

const namespaces = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };

/** Asks who the hub is, and again whenever a connection to it was lost: another one may answer at the same address. */
export function identify(transport: Transport, signal: AbortSignal, log: Log, onFound: () => void): Identity {
  let uid: string | undefined;
  let asking: Promise<string> | undefined;
  /** It was out of reach, so what comes next may come from another. */
  let isSuspect = false;

  function ask(): Promise<string> {
    asking ??= persistently(
      async () => (await read(transport, namespaces, "kube-system", undefined, signal)).metadata.uid ?? "",
      "the hub cannot be identified",
      signal,
      log,
    )
      .then((found) => {
        if (uid !== undefined && uid !== found) log("warn", "another hub answers", { was: uid, is: found });
        uid = found;
        isSuspect = false;
        return found;
      })
      .finally(() => (asking = undefined));
    return asking;
  }

  async function again(): Promise<void> {
    try {
      await ask();
      // Whoever is on the way has seen the moment in which nothing was known.
      await sleep(0, signal);
      onFound();
    } catch {
      // Only because Rollcall was told to stop.
    }
  }

  const known = ask();
  // Told to stop before the hub was reached: those who wait for it are told, and nobody else has to be.
  known.catch(() => undefined);
  return {
    known,
    uid: () => (isSuspect && asking !== undefined ? undefined : uid),
    heard({ type, ...event }) {
      if (uid === undefined) return;
      if (type === "failed") isSuspect = true;
      if (type === "listed" || (type === "connected" && "again" in event && event.again)) void again();
    },
    took() {
      if (isSuspect && uid !== undefined && asking === undefined) void again();
    },
  };
}
