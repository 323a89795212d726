import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubeconfig, Hidden, secretData, type KubeObject } from "@rollcall/contract";
import { reachable } from "@rollcall/testing";
import type { ControlPlane, Manifest } from "../control-plane/src/index.ts";

/** Where the accounts of a member live that others log in as. */
export const access = "access";
const rbac = "rbac.authorization.k8s.io";

/** Whoever is bound so may list namespaces, and nothing else. */
export function listsNamespaces(subject: { readonly name: string } & Readonly<Record<string, string>>): readonly Manifest[] {
  const metadata = { name: `${subject.name}-lists-namespaces` };
  const rule = { apiGroups: [""], resources: ["namespaces"], verbs: ["list"] };
  return [
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata, rules: [rule] },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: metadata.name },
      subjects: [subject],
    },
  ];
}

/** Rights to ask for tokens of one account of the member, for the account `broker`. */
export function asksForTokensOf(name: string): readonly Manifest[] {
  const metadata = { name: `tokens-of-${name}`, namespace: access };
  const rule = { apiGroups: [""], resources: ["serviceaccounts/token"], resourceNames: [name], verbs: ["create"] };
  return [
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules: [rule] },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: "broker", namespace: access }],
    },
  ];
}

/** A token of an account of the member that may list namespaces. */
export async function readerOf(member: ControlPlane, name = "reader"): Promise<string> {
  const subject = { kind: "ServiceAccount", name, namespace: access };
  return (await member.account(name, access, listsNamespaces(subject))).token;
}

/** What the server answers to whoever lists namespaces with this token. */
export async function listing(server: ControlPlane, token: string): Promise<number> {
  const client = server.as(token);
  try {
    return (await client("GET", "/api/v1/namespaces?limit=1")).status;
  } finally {
    client.close();
  }
}

/** A Secret with a kubeconfig for a server, as a cluster manager leaves it beside its profile; it names the profile, unless told otherwise. */
export function kubeconfigSecret(
  { namespace, name, token, server, ca }: { readonly [word in "namespace" | "name" | "token" | "server" | "ca"]: string },
  notes: Readonly<Record<string, string>> = { "rollcall.dev/consent": `${namespace}/${name}` },
): KubeObject {
  const connection = { server, ca, login: { kind: "credential", provider: "push", token: new Hidden(token) } } as const;
  const cluster = reachable({ name, namespace, connection });
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${name}-login`, namespace, annotations: notes },
    data: secretData({ value: kubeconfig(cluster) }),
  };
}

/** Flags for a kube-apiserver that trusts the tokens which a hub makes for it, and for nobody else. */
export function trusting(hub: ControlPlane): (server: string, dir: string) => readonly string[] {
  return (server, dir) => {
    const path = join(dir, "authentication.json");
    const issuer = { url: hub.url, certificateAuthority: hub.ca, audiences: [server] };
    const jwt = [{ issuer, claimMappings: { username: { claim: "sub", prefix: "hub:" } } }];
    writeFileSync(path, JSON.stringify({ apiVersion: "apiserver.config.k8s.io/v1", kind: "AuthenticationConfiguration", jwt }));
    return [`--authentication-config=${path}`];
  };
}

/** What a hub shows to everybody, so that members can learn the keys of its tokens. */
export const showsItsKeys: Manifest = {
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name: "issuer-discovery" },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "system:service-account-issuer-discovery" },
  subjects: [{ apiGroup: rbac, kind: "Group", name: "system:unauthenticated" }],
};
