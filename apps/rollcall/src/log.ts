import type { InformerEvent } from "@rollcall/kube";
import type { ListEvent } from "@rollcall/sync";

/** Writes one line: a constant message and fields. */
export type Log = (level: "debug" | "info" | "warn" | "error", message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** A log of JSON lines. Errors are written as what they say, never with what they carry. */
export function jsonLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (level, message, fields = {}) => {
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...Object.fromEntries(Object.entries(fields).map(plain)) })}\n`);
  };
}

/** An error may carry a request, and with it a token. */
function plain([key, value]: [string, unknown]): [string, unknown] {
  return [key, value instanceof Error ? value.message || value.name : value];
}

/** What a list and watch tells, as log lines. */
export function logInformer(log: Log, event: InformerEvent): void {
  const { type, ...fields } = event;
  log(type === "listed" ? "debug" : "warn", `watch ${type}`, fields);
}

/** What a list tells, as log lines: every write and the config that it comes from, every change of state, every failure. */
export function logList(log: Log, event: ListEvent, config: string): void {
  const { is, ...rest } = event;
  const fields = is === "wrote" || is === "would" ? { ...rest, config } : rest;
  // Whoever is woken by warnings wants to know of what needs a person, and of nothing else.
  const needsSomebody = is === "state" && (event.verdict?.is === "held" || event.verdict?.is === "stale");
  log(is === "retry" || is === "ack unknown" || needsSomebody ? "warn" : "info", is, fields);
}
