import { readFile } from "node:fs/promises";
import type { KubeObject } from "@rollcall/contract";

/** A request that the API server answered, with what was sent and what came back where it was a write. */
export interface Audited {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  /** When it came, and when it was answered. */
  readonly at: number;
  readonly answeredAt: number;
  readonly uri: string;
  readonly sent?: Sent;
  readonly answer?: KubeObject;
}

/** What a write says. */
export interface Sent extends Partial<Omit<KubeObject, "metadata">> {
  readonly metadata?: Partial<KubeObject["metadata"]>;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** Has the API server write down what is in writes of Secrets and ConfigMaps. */
export const auditBodies: string = JSON.stringify({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    {
      level: "RequestResponse",
      verbs: ["create", "update", "patch", "delete"],
      resources: [{ group: "", resources: ["secrets", "configmaps"] }],
    },
    { level: "Metadata" },
  ],
});

interface Line {
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestObject?: Sent;
  readonly responseObject?: KubeObject;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** Reads the whole audit log, in the order of the answers; a watch counts once. */
export async function readAudit(path: string): Promise<readonly Audited[]> {
  const seen = new Map<string, Audited>();
  for (const text of (await readFile(path, "utf8")).split("\n")) {
    const line = lineOf(text);
    if (line !== undefined && !seen.has(line.auditID)) seen.set(line.auditID, audited(line));
  }
  return [...seen.values()].sort((a, b) => a.answeredAt - b.answeredAt);
}

/** A server that is killed may leave half a line. */
function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

function audited({ user, verb, requestURI, objectRef = {}, responseStatus, requestObject, responseObject, ...line }: Line): Audited {
  const { resource = "", namespace = "", name = responseObject?.metadata?.name ?? requestObject?.metadata?.name ?? "" } = objectRef;
  return {
    user: user.username,
    verb,
    resource,
    namespace,
    name,
    code: responseStatus?.code ?? 0,
    at: Date.parse(line.requestReceivedTimestamp),
    answeredAt: Date.parse(line.stageTimestamp),
    uri: requestURI,
    ...(requestObject && { sent: requestObject }),
    ...(responseObject && { answer: responseObject }),
  };
}
