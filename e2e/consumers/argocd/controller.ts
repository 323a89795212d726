import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "@rollcall/contract";
import { parse } from "yaml";
import { freePort } from "../../control-plane/src/ports.ts";
import { program } from "../../control-plane/src/process.ts";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { until } from "../../stories/world.ts";
import { argoCdSources, findArgoCd } from "./binary.ts";

/** Argo CD's own namespace: it looks for cluster Secrets, plugins and ApplicationSets nowhere else. */
export const namespace = "argocd";

/** Argo CD's ApplicationSet controller at work. */
export interface Controller {
  /** The end of its log, for whoever waits in vain. */
  lastLines(): string;
  /** Stops its clock in the middle of whatever it does; the answer lets it go on. */
  pause(): () => void;
  stop(): Promise<void>;
}

/** Starts the controller with the rights that upstream gives it, on the CRDs that belong to it. */
export async function startController(plane: ControlPlane): Promise<Controller> {
  const binary = findArgoCd();
  // The controller waits ten seconds before it asks again for a kind that is not served yet.
  await plane.applyCrds(["application", "applicationset", "appproject"].map((each) => manifest(`crds/${each}-crd.yaml`)));
  await plane.apply(surroundings);
  const { kubeconfig } = await plane.account(name, namespace, rightsOf("applicationset-controller", name));

  const addresses = await Promise.all(["metrics", "probe", "webhook"].map(async (each) => `--${each}-addr=127.0.0.1:${await freePort()}`));
  // It knows its kubeconfig from the environment alone.
  const command = [
    "env",
    `KUBECONFIG=${kubeconfig}`,
    binary,
    "applicationset-controller",
    `--namespace=${namespace}`,
    "--logformat=json",
    ...addresses,
  ];
  const controller = program(name, command, join(plane.dir, `${name}.log`));
  controller.start();
  await until("Argo CD's ApplicationSet controller works", () => {
    controller.check();
    return controller.lastLines().includes("Starting workers");
  });
  return {
    lastLines: () => controller.lastLines(),
    pause() {
      controller.pause(true);
      return () => controller.pause(false);
    },
    stop: () => controller.kill("SIGKILL"),
  };
}

const name = "argocd-applicationset-controller";

/** What Argo CD's other programs would have made. */
const surroundings = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
  {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name: "default", namespace },
    spec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }] },
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "argocd-cm", namespace, labels: { "app.kubernetes.io/part-of": "argocd" } } },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "argocd-secret", namespace, labels: { "app.kubernetes.io/part-of": "argocd" } },
    stringData: { "server.secretkey": "a-key-for-tests-and-nobody-else" },
  },
];

interface Binding extends KubeObject {
  readonly subjects: readonly object[];
}

/** The rights in Argo CD's namespace that upstream gives to one of its programs. */
export function rightsOf(folder: string, account: string): readonly KubeObject[] {
  const read = (what: string): KubeObject => parse(readFileSync(manifest(`base/${folder}/${account}-${what}.yaml`), "utf8")) as KubeObject;
  const at = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace } });
  const binding = read("rolebinding") as Binding;
  const subjects = binding.subjects.map((each) => ({ ...each, namespace }));
  return [at(read("role")), { ...at(binding), subjects } as KubeObject];
}

function manifest(path: string): string {
  return join(argoCdSources(), "manifests", path);
}
