import { objectKey, RollcallError, type KubeObject } from "@rollcall/contract";
import { discovery, type KindName } from "./discovery.ts";
import type { Answer, Client } from "./request.ts";
import { until } from "./until.ts";

/** An object with whatever its kind needs beside what the contract names. */
export type Manifest = KubeObject | (KubeObject & Readonly<Record<string, unknown>>);

/** Objects on one API server, as a person with kubectl would handle them. */
export interface Objects {
  /** Creates or changes them as `kubectl apply --server-side` does, their status and their namespace too. */
  apply(objects: Manifest | readonly Manifest[]): Promise<void>;
  get(kind: KindName, namespace: string | undefined, name: string): Promise<KubeObject | undefined>;
  list(kind: KindName, namespace?: string, query?: string): Promise<readonly KubeObject[]>;
  /** Deletes it; nothing happens when it is not there. */
  remove(kind: KindName, namespace: string | undefined, name: string): Promise<void>;
  /** Applies YAML of one CustomResourceDefinition and waits until it is served. */
  applyCrd(name: string, yaml: string): Promise<void>;
}

const applyQuery = "fieldManager=e2e&force=true";
const applyType = { "content-type": "application/apply-patch+yaml" };

/** Handles objects with this client. */
export function objectsOf(client: Client): Objects {
  const find = discovery(client);

  async function applyOne(object: Manifest): Promise<void> {
    const { path, hasStatus } = await find(object, object.metadata.namespace);
    const { status, ...rest } = bare(object);
    const main = hasStatus ? rest : { ...rest, ...(status !== undefined && { status }) };
    const patch = (): Promise<Answer> => client("PATCH", `${path}/${object.metadata.name}?${applyQuery}`, main, applyType);

    const first = await patch();
    if (first.status === 404 && object.metadata.namespace !== undefined) {
      await applyOne({ apiVersion: "v1", kind: "Namespace", metadata: { name: object.metadata.namespace } });
      expectSuccess(await patch(), `apply ${objectKey(object)}`);
    } else expectSuccess(first, `apply ${objectKey(object)}`);

    if (hasStatus && status !== undefined) {
      const { apiVersion, kind, metadata } = object;
      const body = { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace }, status };
      const answer = await client("PATCH", `${path}/${metadata.name}/status?${applyQuery}`, body, applyType);
      expectSuccess(answer, `apply the status of ${objectKey(object)}`);
    }
  }

  return {
    async apply(objects) {
      for (const object of [objects].flat() as readonly Manifest[]) await applyOne(object);
    },
    async get(kind, namespace, name) {
      const { path } = await find(kind, namespace);
      const answer = await client("GET", `${path}/${name}`);
      return answer.status === 404 ? undefined : (expectSuccess(answer, `get ${name}`).body as KubeObject);
    },
    async list(kind, namespace, query) {
      const { path } = await find(kind, namespace);
      const answer = await client("GET", query === undefined ? path : `${path}?${query}`);
      return (expectSuccess(answer, `list ${path}`).body as { readonly items: readonly KubeObject[] }).items;
    },
    async remove(kind, namespace, name) {
      const { path } = await find(kind, namespace);
      const answer = await client("DELETE", `${path}/${name}`);
      if (answer.status !== 404) expectSuccess(answer, `delete ${name}`);
    },
    async applyCrd(name, yaml) {
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
      const answer = expectSuccess(await client("PATCH", `${path}?${applyQuery}`, yaml, applyType), `apply the CRD ${name}`);
      const { spec } = answer.body as { readonly spec: CrdSpec };
      const served = spec.versions.filter((version) => version.served);
      const paths = served.map((version) => `/apis/${spec.group}/${version.name}/${spec.names.plural}?limit=1`);
      for (const each of paths) await until(`${each} is served`, async () => (await client("GET", each)).status === 200, 30);
    },
  };
}

interface CrdSpec {
  readonly group: string;
  readonly names: { readonly plural: string };
  readonly versions: readonly { readonly name: string; readonly served: boolean }[];
}

// What an API server puts into metadata is left out, so that an object that was read can be applied again.
function bare(object: Manifest): Manifest {
  const { name, namespace, labels, annotations, ...others } = object.metadata as KubeObject["metadata"] & Readonly<Record<string, unknown>>;
  const { finalizers, ownerReferences } = others;
  const kept = { namespace, labels, annotations, finalizers, ownerReferences };
  return { ...object, metadata: { name, ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) } };
}

function expectSuccess(answer: Answer, doing: string): Answer {
  if (answer.status < 300) return answer;
  throw new RollcallError("ApiAnswered", `${doing}: ${answer.status} ${messageOf(answer)}`, { retry: answer.status >= 500 });
}

function messageOf({ body, text }: Answer): string {
  const message = (body as { readonly message?: unknown } | undefined)?.message;
  return typeof message === "string" ? message : text.trim();
}
