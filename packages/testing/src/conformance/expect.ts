import assert from "node:assert/strict";
import type { Answered, Call, Place } from "./case.ts";

/** An answer's object, loosely typed: the cases look at what is there. */
export interface Found {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** One event of a watch. */
export interface WatchEvent {
  readonly type: string;
  readonly object: Found;
}

/** A list as a server answers it. */
export interface FoundList {
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly Found[];
}

/** The object in an answer that must have gone well. */
export function done(answer: Answered, status: number = 200): Found {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.contentType, /^application\/json/);
  return answer.body as Found;
}

/** The list in an answer that must have gone well. */
export function listed(answer: Answered): FoundList {
  return done(answer) as unknown as FoundList;
}

/** Names of what was listed, in order. */
export function names(answer: Answered): readonly string[] {
  return listed(answer).items.map(({ metadata }) => metadata.name);
}

/** What a refusal must look like beside its code and reason. */
interface Refusal {
  readonly message?: RegExp;
  readonly details?: Readonly<Record<string, unknown>>;
  /** The field that a cause names. */
  readonly field?: string;
  readonly cause?: string;
}

/** An answer must be a Status with this code and reason. */
export function refused(
  answer: Answered,
  code: number,
  reason: string | undefined,
  { message, details, field, cause }: Refusal = {},
): void {
  const status = answer.body as { readonly details?: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
  assert.equal(answer.status, code, answer.text);
  assert.match(answer.contentType, /^application\/json/);
  const { apiVersion, kind, status: outcome } = status;
  assert.deepEqual({ apiVersion, kind, outcome, code: status["code"] }, { apiVersion: "v1", kind: "Status", outcome: "Failure", code });
  assert.equal(status["reason"], reason);
  if (message) assert.match(String(status["message"]), message);
  for (const [key, value] of Object.entries(details ?? {})) assert.equal(status.details?.[key], value, `details.${key}`);
  const causes = (status.details?.["causes"] ?? []) as readonly { readonly field?: string; readonly reason?: string }[];
  if (field !== undefined)
    assert.ok(
      causes.some((each) => each.field === field && (cause ?? each.reason) === each.reason),
      answer.text,
    );
}

/** Creates an object and returns it as it stands. */
export async function created(call: Call, path: string, body: unknown): Promise<Found> {
  return done(await call({ method: "POST", path, body }), 201);
}

/** A Secret's body with something in it. */
export function secret(
  name: string,
  labels?: Readonly<Record<string, string>>,
): { readonly metadata: object; readonly data: Record<string, string> } {
  return { metadata: { name, ...(labels && { labels }) }, data: { token: "c2VjcmV0" } };
}

/** A profile's body. */
export function profile(name: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "multicluster.x-k8s.io/v1alpha1",
    kind: "ClusterProfile",
    metadata: { name },
    spec: { clusterManager: { name: "conformance" } },
    ...more,
  };
}

/** Reads up to `count` events of a watch; fewer when nothing more comes before its time is up. */
export async function watched(
  { call }: Pick<Place, "call">,
  path: string,
  count: number,
  query: Readonly<Record<string, string>>,
  headers?: Readonly<Record<string, string>>,
): Promise<readonly WatchEvent[]> {
  const answer = await call({
    method: "GET",
    path,
    query: { watch: "true", timeoutSeconds: "5", ...query },
    ...(headers && { headers }),
    lines: count,
  });
  assert.equal(answer.status, 200, answer.text);
  const lines = answer.text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as WatchEvent).slice(0, count);
}
