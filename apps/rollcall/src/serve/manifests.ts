import type { KubeObject } from "@rollcall/contract";
import type { Config } from "../config/config.ts";
import { fieldOf } from "../config/fields.ts";
import { isLoopback, type ServeConfig } from "../config/serve.ts";
import { addressOf } from "../listen.ts";

/** Objects that belong together, and what to know before they are applied. */
export interface Manifests {
  readonly about: readonly string[];
  readonly objects: readonly Manifest[];
}

/** Secrets in words, which an API server encodes. */
type Manifest = KubeObject & { readonly stringData?: Readonly<Record<string, string>> };

/** What stands where the token has to go. No service takes it for a token. */
export const placeholder = "PUT-THE-TOKEN-HERE";

const service = { namespace: "rollcall", name: "rollcall" };
const secretName = "rollcall-token";

/** What it takes for Argo CD and flux-operator to ask a Rollcall that runs in a pod. */
export function manifestsOf({ lists }: Pick<Config, "lists">, serve: ServeConfig): readonly Manifests[] {
  const port = addressOf(serve.listen).port;
  const scheme = serve.tls ? "https" : "http";
  const baseUrl = `${scheme}://${service.name}.${service.namespace}.svc:${port}${serve.prefix ?? ""}`;
  const asked = questionOf(
    lists.map(({ name }) => name),
    serve,
  );
  const list = lists.find(({ name }) => name === asked.list);
  const argocd = list?.consumer.adapter.name === "argocd" ? fieldOf(list.options, "namespace") : undefined;
  return [
    rollcall(serve, port, scheme),
    argoCd(typeof argocd === "string" ? argocd : "argocd", baseUrl, asked),
    flux(baseUrl, asked, serve),
  ];
}

/** What the first token may ask for. */
interface Asked {
  readonly list: string;
  /** As a query names it. */
  readonly placement?: string;
  readonly namespace?: string;
}

function questionOf(lists: readonly string[], { tokens: [token] }: ServeConfig): Asked {
  const { lists: [first] = [], placements: [placement] = [], namespaces: [namespace] = [] } = token!;
  const list = first ?? lists[0] ?? "";
  if (placement === undefined && namespace === undefined) return { list };
  const isObject = placement?.includes("/") === true;
  return { list, placement: placement ?? "web", ...(namespace !== undefined && !isObject && { namespace }) };
}

function rollcall({ listen, tokens }: ServeConfig, port: number, scheme: string): Manifests {
  return {
    about: [
      "For Rollcall, where it runs. Its pod is to carry the label app.kubernetes.io/name: rollcall.",
      `Make a token (openssl rand -hex 32), put it into ${tokens[0]!.file}, which Rollcall reads, and below wherever ${placeholder} stands.`,
      ...(isLoopback(listen) ? [`serve.listen is ${listen}, which nobody outside the pod can reach: say 0.0.0.0:${port} first.`] : []),
    ],
    objects: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: service,
        spec: { selector: { "app.kubernetes.io/name": "rollcall" }, ports: [{ name: scheme, port, targetPort: port }] },
      },
    ],
  };
}

function argoCd(namespace: string, baseUrl: string, { list, placement, namespace: within }: Asked): Manifests {
  const [first = "", second] = placement?.split("/") ?? [];
  const named = second === undefined ? { key: first, ...(within && { namespace: within }) } : { name: second, namespace: first };
  return {
    about: [
      "For Argo CD: what its ApplicationSets ask, and an example of one. It makes Applications, and syncs none of them by itself.",
      ...(baseUrl.startsWith("https:")
        ? ["The ApplicationSet controller trusts the CAs of its own image alone: mount yours, and say so with SSL_CERT_DIR."]
        : ["Without TLS the token can be read on the way: let a NetworkPolicy leave only Argo CD to ask."]),
    ],
    objects: [
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "rollcall", namespace },
        data: { baseUrl, token: `$${secretName}:token`, requestTimeout: "30" },
      },
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: secretName, namespace, labels: { "app.kubernetes.io/part-of": "argocd" } },
        type: "Opaque",
        stringData: { token: placeholder },
      },
      {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "ApplicationSet",
        metadata: { name: "rollcall-example", namespace },
        spec: {
          goTemplate: true,
          goTemplateOptions: ["missingkey=error"],
          generators: [
            {
              plugin: {
                configMapRef: { name: "rollcall" },
                input: { parameters: { list, ...(placement !== undefined && { placement: named }) } },
                requeueAfterSeconds: 180,
              },
            },
          ],
          // What was deployed stays when the ApplicationSet goes.
          syncPolicy: { preserveResourcesOnDeletion: true },
          template: {
            metadata: { name: "example-{{ .nameNormalized }}" },
            spec: {
              project: "default",
              source: { repoURL: "https://github.com/argoproj/argocd-example-apps", targetRevision: "HEAD", path: "guestbook" },
              destination: { name: "{{ .name }}", namespace: "example" },
            },
          },
        },
      },
    ],
  };
}

function flux(baseUrl: string, { list, placement, namespace }: Asked, { tls }: ServeConfig): Manifests {
  const query = new URLSearchParams({ list, ...(placement !== undefined && { placement }), ...(namespace !== undefined && { namespace }) });
  const metadata = { name: secretName, namespace: "flux-system" };
  return {
    about: [
      "For flux-operator: what its ResourceSets take their inputs from.",
      ...(tls ? ["Your CA is to stand in the Secret rollcall-ca under the key ca.crt."] : []),
    ],
    objects: [
      { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData: { token: placeholder } },
      {
        apiVersion: "fluxcd.controlplane.io/v1",
        kind: "ResourceSetInputProvider",
        metadata: {
          name: "rollcall",
          namespace: "flux-system",
          annotations: { "fluxcd.controlplane.io/reconcileEvery": "5m" },
        },
        spec: {
          type: "ExternalService",
          url: `${baseUrl}/flux/v1/inputs?${query.toString()}`,
          ...(tls ? { certSecretRef: { name: "rollcall-ca" } } : { insecure: true }),
          secretRef: { name: secretName },
          // It takes the first hundred if nothing is said, and silently drops the others.
          filter: { limit: 10_000 },
        },
      },
    ],
  };
}
