import type { Manifest } from "../../control-plane/src/index.ts";
import { namespace } from "./controller.ts";

/** What a story says of an ApplicationSet. */
export interface GivenSet {
  readonly id: string;
  readonly name?: string;
  readonly generators: readonly object[];
  readonly application?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly destination?: object;
  /** Where its Applications take what they deploy from; they do so by themselves then. */
  readonly source?: object;
  /** The namespace that they deploy to. */
  readonly namespace?: string;
  /** Whether what was deployed outlives its Application; else each has a finalizer, which only Argo CD's application-controller takes off. */
  readonly keeps?: boolean;
}

export const setKind = { apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet" } as const;

/** An ApplicationSet as a person would write it; not one parameter may be missing. */
export function applicationSet({ id, name = `web-${id}`, generators, annotations, ...given }: GivenSet): Manifest {
  const { keeps = true, source, application = "shop-{{ .nameNormalized }}", destination = { name: "{{ .name }}" } } = given;
  return {
    ...setKind,
    metadata: { name, namespace },
    spec: {
      goTemplate: true,
      goTemplateOptions: ["missingkey=error"],
      generators,
      syncPolicy: { preserveResourcesOnDeletion: keeps },
      template: {
        metadata: { name: application, labels: { story: id }, ...(annotations && { annotations }) },
        spec: {
          project: "default",
          source: source ?? { repoURL: "https://git.example.test/shop", targetRevision: "main", path: "shop" },
          destination: { namespace: given.namespace ?? "shop", ...destination },
          ...(source && { syncPolicy: { automated: {} } }),
        },
      },
    },
  };
}

/** The generator that asks our service; without words of its own it asks again after half an hour. */
export function plugin(id: string, parameters: object): object {
  return { plugin: { configMapRef: { name: pluginName(id) }, input: { parameters: { list: "web", ...parameters } } } };
}

/** Argo CD's own generator, on the Secrets of one world's members. */
export function clusters(id: string, labels: Readonly<Record<string, string>> = {}): object {
  return { clusters: { selector: { matchLabels: { "rollcall.dev/instance": `world-${id}`, "rollcall.dev/state": "member", ...labels } } } };
}

/** How Argo CD finds our service, and by which token it is known there. */
export function connection({ id, url, token }: { readonly id: string; readonly url: string; readonly token: string }): readonly Manifest[] {
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: pluginName(id), namespace },
      data: { baseUrl: url, token: `$${tokenSecret(id)}:token` },
    },
    secretWithToken(id, { token }),
  ];
}

/** The Secret with the token that Argo CD sends. */
export function secretWithToken(id: string, data: Readonly<Record<string, string>>): Manifest {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: tokenSecret(id), namespace, labels: { "app.kubernetes.io/part-of": "argocd" } },
    type: "Opaque",
    data: Object.fromEntries(encoded) as Readonly<Record<string, string>>,
  };
}

/** The ConfigMap by which Argo CD asks one world's Rollcall. */
export const pluginName = (id: string): string => `rollcall-${id}`;

const tokenSecret = (id: string): string => `rollcall-token-${id}`;
