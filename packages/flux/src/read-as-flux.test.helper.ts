import { fromBase64, type Connection, type KubeObject } from "@rollcall/contract";

/** What Flux has in hand after it has read an object: everything that it does not know is gone, and it says nothing of that. */
export interface Read {
  readonly server?: string | undefined;
  readonly ca?: string | undefined;
  readonly tlsName?: string | undefined;
  readonly proxy?: string | undefined;
  readonly token?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

interface Named {
  readonly name: string;
}

interface Kubeconfig {
  readonly "current-context": string;
  readonly contexts: readonly (Named & { readonly context: { readonly cluster: string; readonly user: string } })[];
  readonly clusters: readonly (Named & { readonly cluster: Readonly<Record<string, string>> })[];
  readonly users: readonly (Named & { readonly user: Readonly<Record<string, string>> })[];
}

/** A kubeconfig as kustomize-controller and helm-controller read it: the current context, field by field; a query is no part of a host. */
export function readSecret({ data = {} }: KubeObject, wanted?: string): Read {
  const encoded = wanted === undefined ? (data["value"] ?? data["value.yaml"]) : data[wanted];
  if (encoded === undefined) throw new Error("the Secret has no key with a kubeconfig");
  const config = JSON.parse(fromBase64(encoded)!) as Kubeconfig;
  const { context } = config.contexts.find(({ name }) => name === config["current-context"])!;
  const { cluster } = config.clusters.find(({ name }) => name === context.cluster)!;
  const { user } = config.users.find(({ name }) => name === context.user)!;
  return {
    server: cluster["server"]!.replace(/\?.*$/, ""),
    ca: text(cluster["certificate-authority-data"]),
    tlsName: cluster["tls-server-name"],
    proxy: cluster["proxy-url"],
    token: user["token"],
    certificate: text(user["client-certificate-data"]),
    key: text(user["client-key-data"]),
  };
}

/** A ConfigMap as they read it: of an address the scheme, the host and the port, and no way to say more. */
export function readConfigMap({ data = {} }: KubeObject): Read {
  const { address, "ca.crt": ca } = data;
  if (address === undefined) return {};
  const url = new URL(address.startsWith("http") ? address : `https://${address}`);
  if (url.protocol !== "https:") throw new Error("Flux wants https");
  return { server: `https://${url.hostname}:${url.port || "443"}`, ca };
}

/** What is meant, in the same words. */
export function meant({ server, ca, tlsName, proxy, login }: Connection): Read {
  const credential = login.kind === "credential" ? login : undefined;
  return {
    server,
    ca,
    tlsName,
    proxy,
    token: credential?.token?.reveal(),
    certificate: credential?.clientCertificate?.certificate,
    key: credential?.clientCertificate?.key.reveal(),
  };
}

function text(encoded: string | undefined): string | undefined {
  return encoded === undefined ? undefined : fromBase64(encoded);
}

/** A Kustomization or HelmRelease that names a cluster. */
export function user(kind: "Kustomization" | "HelmRelease", namespace: string, kubeConfig: unknown, more: object = {}): KubeObject {
  const apiVersion = kind === "Kustomization" ? "kustomize.toolkit.fluxcd.io/v1" : "helm.toolkit.fluxcd.io/v2";
  return { apiVersion, kind, metadata: { name: "web", namespace, ...more }, spec: { kubeConfig } };
}
