import { isApiError, type InformerEvent } from "@rollcall/kube";
import type { ListEvent } from "@rollcall/sync";

/** Writes one line: a constant message and fields. */
export type Log = (level: "debug" | "info" | "warn" | "error", message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** A log of JSON lines. Errors are written as what they say, never with what they carry. */
export function jsonLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (level, message, fields = {}) => {
    const hasError = Object.values(fields).some((value) => value instanceof Error);
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...(hasError ? withoutErrors(fields) : fields) })}\n`);
  };
}

/** An error may carry a request, and with it a token. */
function withoutErrors(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const plain = Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? value.message || value.name : value] as const);
  return { ...advice(fields), ...Object.fromEntries(plain) };
}

/** What a list and watch tells, as log lines. */
export function logInformer(log: Log, event: InformerEvent): void {
  const { type, ...fields } = event;
  log(levelOf(event), `watch ${type}`, fields);
}

/** A watch that begins is as it should be, and one that is there again is good news. */
function levelOf(event: InformerEvent): "debug" | "info" | "warn" {
  if (event.type === "listed" || (event.type === "connected" && !event.again)) return "debug";
  return event.type === "connected" ? "info" : "warn";
}

/** Whom the config, the guard's window or a person keeps is kept on purpose. */
const onPurpose: ReadonlySet<string> = new Set(["GuardPaces", "Hold", "Kept", "Mode", "Paused"]);

/** What a list tells, as log lines: every write, every change of state, every failure; which config it is of, says its digest. */
export function logList(log: Log, event: ListEvent, config: string): void {
  const { is, ...fields } = event;
  // Whoever is woken by warnings wants to know of what needs a person, and of nothing else.
  const needsSomebody =
    event.is === "state" && (event.verdict?.is === "held" || event.verdict?.is === "stale") && !onPurpose.has(event.verdict.reason);
  const level = is === "retry" || is === "ack unknown" || needsSomebody ? "warn" : "info";
  const rounded = event.is === "retry" ? { retryIn: Math.round(event.retryIn) } : {};
  log(level, is, {
    ...fields,
    ...rounded,
    ...((is === "wrote" || is === "would") && { config }),
  });
}

/** What to do about what a server does not allow; nobody who only knows the request can say it. */
function advice(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const isForbidden = Object.values(fields).some((each) => isApiError(each, 403));
  return isForbidden ? { todo: "give Rollcall the rights that `rollcall rbac` prints for this config" } : {};
}
