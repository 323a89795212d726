import type { KubeObject } from "@rollcall/contract";
import type { Manifest, Objects } from "./objects.ts";
import type { Client } from "./request.ts";
import { until } from "./until.ts";

/** A ServiceAccount with exactly the rights that it was given. */
export interface Account {
  /** Its name in the audit log. */
  readonly user: string;
  readonly token: string;
  /** Path of a kubeconfig file with its token and the server's CA. */
  readonly kubeconfig: string;
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Binding extends KubeObject {
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
  readonly roleRef: { readonly kind: string; readonly name: string };
}

/** Makes the account and its rights, and waits until they are in force. */
export async function makeAccount(
  { name, namespace, rbac }: { readonly name: string; readonly namespace: string; readonly rbac: readonly Manifest[] },
  { client, objects }: { readonly client: Client; readonly objects: Objects },
): Promise<Pick<Account, "user" | "token">> {
  await objects.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } });
  await objects.apply(rbac);
  const user = `system:serviceaccount:${namespace}:${name}`;
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];

  for (const question of questions(rbac, { name, namespace })) {
    const spec = { user, groups, resourceAttributes: question };
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec };
    await until(
      `${user} may ${question.verb} ${question.resource}`,
      async () => {
        const answer = await client("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review);
        return (answer.body as { readonly status?: { readonly allowed?: boolean } } | undefined)?.status?.allowed;
      },
      15,
    );
  }
  return { user, token: await tokenOf({ name, namespace }, client) };
}

interface Question {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
}

// The API server learns of roles and bindings by watching them, a moment after they were written.
function questions(rbac: readonly Manifest[], account: { readonly name: string; readonly namespace: string }): readonly Question[] {
  const bindings = rbac.filter((each): each is Binding => "roleRef" in each);
  const ours = bindings.filter((each) =>
    each.subjects?.some(({ name, namespace }) => name === account.name && namespace === account.namespace),
  );
  return ours.flatMap(({ roleRef, metadata: { namespace } }) => {
    const role = rbac.find(
      ({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name && sameNamespace(kind, metadata, namespace),
    );
    const rules = (role as { readonly rules?: readonly Rule[] } | undefined)?.rules ?? [];
    return rules.filter((rule) => rule.resources !== undefined).map((rule) => question(rule, namespace));
  });
}

function sameNamespace(kind: string, metadata: KubeObject["metadata"], namespace: string | undefined): boolean {
  return kind === "ClusterRole" || metadata.namespace === namespace;
}

function question({ verbs, apiGroups, resources, resourceNames }: Rule, namespace: string | undefined): Question {
  const [resource = "", subresource] = (resources?.[0] ?? "").split("/");
  const name = resourceNames?.[0];
  return {
    verb: verbs[0]!,
    group: apiGroups?.[0] ?? "",
    resource,
    ...(subresource !== undefined && { subresource }),
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
  };
}

async function tokenOf({ name, namespace }: { readonly name: string; readonly namespace: string }, client: Client): Promise<string> {
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 7200 } };
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  return until(
    `a token for ${namespace}/${name}`,
    async () => {
      const { status, body } = await client("POST", path, request);
      return status === 201 ? (body as { readonly status: { readonly token: string } }).status.token : undefined;
    },
    15,
  );
}
