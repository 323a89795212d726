import type { Answer, ControlPlane } from "../../control-plane/src/index.ts";
import { benchProfile, foreignSecret, heartbeat, movedTo, nameOf } from "./objects.ts";

/** Writes the profiles of n clusters as their manager does: the object, then its status. */
export async function fillFleet({ admin }: ControlPlane, namespace: string, n: number): Promise<void> {
  const path = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${namespace}/clusterprofiles`;
  await each(n, async (at) => {
    const { status, ...object } = benchProfile(at, namespace);
    expectOk(await admin("POST", path, object));
    expectOk(await admin("PATCH", `${path}/${object.metadata.name}/status`, { status }));
  });
}

/** Every cluster says once more that all is as it was. */
export async function beatAll({ admin }: ControlPlane, namespace: string, n: number): Promise<void> {
  await each(n, async (at) => {
    const path = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${namespace}/clusterprofiles/${nameOf(at)}/status`;
    expectOk(await admin("PATCH", path, { status: heartbeat(Math.round(Date.now() / 1000)) }));
  });
}

/** The first n clusters move, and their new addresses. */
export async function moveSome({ admin }: ControlPlane, namespace: string, n: number): Promise<readonly string[]> {
  const servers = Array.from({ length: n }, (_, at) => `https://${nameOf(at)}.moved.example.test:6443`);
  await each(n, async (at) => {
    const path = `/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${namespace}/clusterprofiles/${nameOf(at)}/status`;
    expectOk(await admin("PATCH", path, { status: movedTo(servers[at]!, benchProfile(at, namespace)) }));
  });
  return servers;
}

/** Writes n Secrets of somebody else. */
export async function fillForeign({ admin }: ControlPlane, namespace: string, n: number): Promise<void> {
  await each(n, async (at) => expectOk(await admin("POST", `/api/v1/namespaces/${namespace}/secrets`, foreignSecret(at, namespace))));
}

/** What our program wrote, as a client would send it that knows it by heart. */
export async function bodiesOf(plane: ControlPlane, namespace: string): Promise<readonly string[]> {
  const secrets = await plane.list("Secret", namespace);
  return secrets.map(({ metadata: { name, labels, annotations }, type, data }) => {
    return JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name, labels, annotations }, type, data });
  });
}

async function each(n: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < n) await work(next++);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

function expectOk({ status, text }: Answer): void {
  if (status >= 300) throw new Error(`the bench could not prepare its objects: ${status} ${text}`);
}
