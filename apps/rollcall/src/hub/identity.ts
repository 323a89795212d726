import type { ClusterId } from "@rollcall/contract";
import { read, sleep, type InformerEvent, type Transport } from "@rollcall/kube";
import type { Log } from "../log.ts";
import { persistently } from "../persistently.ts";

/** By what a hub is known: the uid of its kube-system namespace, whatever its address. */
export interface Identity {
  /** Resolves when it is known for the first time. */
  readonly known: Promise<string>;
  /** What it is; nothing while that is being found out, for the first time or anew. */
  uid(): string | undefined;
  /** Told what happens to the hub's watches, and that something was read from it. */
  heard(event: InformerEvent): void;
  took(): void;
  /** Told who is being looked at: whoever was while it was not known is told again once it is. */
  lookedAt(id: ClusterId): void;
}

const namespaces = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };

/** Several watches come back together; what they say within so many milliseconds is one question. */
const together = 20;

/** Asks who the hub is, and again whenever another one may have begun to answer at the same address: an end of a watch is one, however well it ended. */
export function identify(transport: Transport, signal: AbortSignal, log: Log, onFound: (unsure: readonly ClusterId[]) => void): Identity {
  let uid: string | undefined;
  let asking: Promise<string> | undefined;
  /** It was out of reach, so what comes next may come from another. */
  let isWary = false;
  /** How often it was doubted: an answer counts if nobody doubted since the question. */
  let doubts = 0;
  const unsure = new Set<ClusterId>();

  async function ask(): Promise<string> {
    for (;;) {
      const before = doubts;
      const found = await persistently(
        async () => (await read(transport, namespaces, "kube-system", undefined, signal)).metadata.uid ?? "",
        "the hub cannot be identified",
        signal,
        log,
      );
      if (before !== doubts) continue;
      if (uid !== undefined && uid !== found) log("warn", "another hub answers", { was: uid, is: found });
      uid = found;
      asking = undefined;
      return found;
    }
  }

  async function again(): Promise<string> {
    await sleep(together, signal);
    const found = await ask();
    const looked = [...unsure];
    unsure.clear();
    onFound(looked);
    return found;
  }

  function doubt(): void {
    isWary = false;
    doubts += 1;
    if (asking !== undefined) return;
    asking = again();
    // It fails only because Rollcall was told to stop.
    asking.catch(() => undefined);
  }

  const known = (asking = ask());
  // Told to stop before the hub was reached: those who wait for it are told, and nobody else has to be.
  known.catch(() => undefined);
  return {
    known,
    uid: () => (asking === undefined ? uid : undefined),
    heard(event) {
      if (event.type === "failed") isWary = true;
      if ((event.type === "listed" || event.type === "connected") && (event.again || isWary)) doubt();
    },
    took() {
      if (isWary) doubt();
    },
    lookedAt(id) {
      if (asking !== undefined) unsure.add(id);
    },
  };
}
