import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** A request that the API server answered; a watch is one from the moment when it began. */
export interface AuditEntry {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly at: string;
  /** Path and query as they were sent. */
  readonly uri: string;
}

/** Which requests; what is absent matches all. */
export interface AuditFilter extends Partial<
  Pick<AuditEntry, "user" | "verb" | "resource" | "subresource" | "namespace" | "name" | "code">
> {
  /** A mark: only what began after it was made. */
  readonly since?: number;
}

/** Reads the audit log as it grows. */
export interface AuditLog {
  mark(): number;
  entries(filter?: AuditFilter): AuditEntry[];
}

/** A request that the harness itself makes before it counts, and does not count. */
export const settling = "/version?settling";

interface AuditEvent {
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
}

/** The audit log in a file that kube-apiserver appends to, one line each. */
export function auditLog(path: string): AuditLog {
  const seen = new Map<string, { readonly position: number; readonly entry: AuditEntry }>();
  let read = 0;

  function catchUp(): void {
    const text = readFrom(path, read);
    const complete = text.subarray(0, text.lastIndexOf(0x0a) + 1);
    let position = read;
    for (const line of complete.toString().split("\n").slice(0, -1)) {
      const event = JSON.parse(line) as AuditEvent;
      // A watch is logged when it starts and again when it ends: it counts once, where it started.
      if (event.requestURI !== settling && !seen.has(event.auditID)) seen.set(event.auditID, { position, entry: entryOf(event) });
      position += Buffer.byteLength(line) + 1;
    }
    read = position;
  }

  return {
    mark: () => (existsSync(path) ? statSync(path).size : 0),
    entries(filter = {}) {
      catchUp();
      const { since = 0, ...same } = filter;
      return [...seen.values()].filter(({ position, entry }) => position >= since && matches(entry, same)).map(({ entry }) => entry);
    },
  };
}

function matches(entry: AuditEntry, wanted: Partial<AuditEntry>): boolean {
  return Object.entries(wanted).every(([key, value]) => value === undefined || entry[key as keyof AuditEntry] === value);
}

function entryOf({ verb, user, objectRef = {}, responseStatus, requestReceivedTimestamp, requestURI }: AuditEvent): AuditEntry {
  const { resource = "", subresource = "", namespace = "", name = "" } = objectRef;
  const code = responseStatus?.code ?? 0;
  return { user: user.username, verb, resource, subresource, namespace, name, code, at: requestReceivedTimestamp, uri: requestURI };
}

function readFrom(path: string, position: number): Buffer {
  if (!existsSync(path)) return Buffer.alloc(0);
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - position));
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, position));
  } finally {
    closeSync(file);
  }
}
