// What one would write with the official client and its own parts: two informers, a queue, CoreV1Api. No more and no less than it takes.
import { CoreV1Api, CustomObjectsApi, KubeConfig, makeInformer, type KubernetesObject, type V1Secret } from "@kubernetes/client-node";
import { say, stay, told } from "./say.ts";

interface Told {
  readonly kubeconfig: string;
  readonly fleet: string;
  readonly target: string;
}

interface Profile extends KubernetesObject {
  readonly status?: {
    readonly accessProviders?: readonly { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } }[];
  };
}

const { kubeconfig, fleet, target } = told() as Told;
const labelSelector = "app.kubernetes.io/managed-by=stock";
const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(CoreV1Api);
const custom = config.makeApiClient(CustomObjectsApi);
const kind = { group: "multicluster.x-k8s.io", version: "v1alpha1", namespace: fleet, plural: "clusterprofiles" };

const profiles = makeInformer<Profile>(
  config,
  `/apis/${kind.group}/${kind.version}/namespaces/${fleet}/${kind.plural}`,
  async () => (await custom.listNamespacedCustomObject(kind)) as { readonly items: Profile[] },
);
const secrets = makeInformer<V1Secret>(
  config,
  `/api/v1/namespaces/${target}/secrets`,
  () => core.listNamespacedSecret({ namespace: target, labelSelector }),
  labelSelector,
);

const due = new Set<string>();
const atWork = new Set<string>();
let isReady = false;
for (const each of [profiles, secrets]) {
  // It stops for good on an error; whoever uses it has to start it again.
  each.on("error", () => setTimeout(() => void each.start(), 1000));
}
profiles.on("change", ({ metadata }) => look(metadata!.name!));
secrets.on("change", ({ metadata }) => look(metadata!.name!.slice(fleet.length + 1)));
secrets.on("delete", ({ metadata }) => look(metadata!.name!.slice(fleet.length + 1)));

stay();
say("started");
await secrets.start();
await profiles.start();
isReady = true;
work();

function look(name: string): void {
  due.add(name);
  work();
}

function work(): void {
  if (!isReady) return;
  for (const name of due) {
    if (atWork.size >= 16) return;
    if (atWork.has(name)) continue;
    due.delete(name);
    atWork.add(name);
    void reconcile(name)
      .catch(() => setTimeout(() => look(name), 250))
      .finally(() => {
        atWork.delete(name);
        work();
      });
  }
  if (due.size === 0 && atWork.size === 0) say("in sync");
}

async function reconcile(name: string): Promise<void> {
  const profile = profiles.get(name, fleet);
  if (profile === undefined) return;
  const desired = secretOf(profile);
  const current = secrets.get(desired.metadata!.name!, target);
  if (current === undefined) await core.createNamespacedSecret({ namespace: target, body: desired });
  else if (differs(desired, current)) {
    const body = secretOf(profile, current.metadata!.resourceVersion);
    await core.replaceNamespacedSecret({ namespace: target, name: desired.metadata!.name!, body });
  }
}

function differs(desired: V1Secret, current: V1Secret): boolean {
  const { labels = {}, annotations = {} } = desired.metadata!;
  const lacks = (wanted: Record<string, string>, has: Record<string, string> = {}): boolean =>
    Object.entries(wanted).some(([key, value]) => has[key] !== value);
  return lacks(desired.data!, current.data) || lacks(labels, current.metadata?.labels) || lacks(annotations, current.metadata?.annotations);
}

/** The same Secret as ours, but for the names of the marks. */
function secretOf({ metadata, status }: Profile, resourceVersion?: string): V1Secret {
  const { name, uid } = metadata!;
  const { server, "certificate-authority-data": caData } = status!.accessProviders![0]!.cluster;
  const execProviderConfig = { command: "/plugins/fleet-login", args: ["token"], apiVersion: "client.authentication.k8s.io/v1" };
  const data = { name: name!, server, config: JSON.stringify({ tlsClientConfig: { insecure: false, caData }, execProviderConfig }) };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: `${fleet}.${name}`,
      namespace: target,
      ...(resourceVersion !== undefined && { resourceVersion }),
      labels: {
        "argocd.argoproj.io/secret-type": "cluster",
        "app.kubernetes.io/managed-by": "stock",
        "stock.example.test/list": "argocd",
        "stock.example.test/state": "member",
      },
      annotations: {
        "stock.example.test/cluster": `${fleet}/${name}`,
        "stock.example.test/cluster-uid": uid!,
        "stock.example.test/endpoint": Buffer.from(server).toString("hex").slice(0, 64),
      },
    },
    type: "Opaque",
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")])),
  };
}
