import { readdirSync, readFileSync } from "node:fs";
import { type Cluster, isRefusal, type KubeObject, secretData } from "@rollcall/contract";
import { parseProfile } from "@rollcall/inventory";
import { ApiError } from "@rollcall/kube";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { bind } from "../bind.ts";
import { type SecretHub, readSecret } from "./read-secret.ts";
import type { SecretSetting } from "./setting.ts";

const profiles = new URL("../../../inventory/src/__samples__/", import.meta.url);
const files = readdirSync(profiles).filter((name) => name.startsWith("cp-"));

/** What an operator who changes nothing else configures for each provider that reads Secrets. */
const plain: Readonly<Record<string, SecretSetting>> = {
  "open-cluster-management": { kind: "secret", preset: "managed-service-account", serviceAccount: "argocd" },
  secretreader: { kind: "secret", preset: "secretreader" },
  "kubeconfig-secretreader": { kind: "secret", preset: "kubeconfig-secretreader" },
  "token-secretreader": { kind: "secret", preset: "token-secretreader" },
  "argocd-agent": { kind: "secret", preset: "argocd-agent" },
};

/** And what after having read the refusals. */
const careful: typeof plain = {
  ...plain,
  "open-cluster-management": { ...plain["open-cluster-management"]!, hosts: ["cluster-proxy-addon-user.open-cluster-management-addon"] },
  secretreader: { ...plain["secretreader"]!, consent: "namespace", hosts: ["172.18.0.5:6443"] },
  "kubeconfig-secretreader": { ...plain["kubeconfig-secretreader"]!, hosts: ["tenant-c.api.example.test"] },
};

describe("every sample whose credential is in a Secret resolves, or says why not", () => {
  it("with what is configured first", async () => {
    const all = Object.entries(await outcomes(plain));
    const isThere = ([, outcome]: readonly [string, string]) => !["NoSecret", "NoSecretName"].includes(outcome);
    expect(Object.fromEntries(all.filter(isThere))).toEqual({
      // Its token names it as its owner, and does not say that it is for the proxy.
      "argocd/edge-berlin-01: open-cluster-management": "NotBound",
      "argocd/spoke-lab: secretreader": "NoConsent",
      "capi-tenants/tenant-a-docker: kubeconfig-secretreader": "placeholder-tenant-a-token",
      "capi-tenants/tenant-c-docker: kubeconfig-secretreader": "WrongServer",
      "default/lab-2: token-secretreader": "ForeignNamespace",
    });
    // Of the others nobody wrote a Secret, or no profile says which.
    expect(all.length).toBeGreaterThan(30);
  });

  it("with what the operator allows", async () => {
    const before = await outcomes(plain);
    const after = await outcomes(careful);
    expect(Object.fromEntries(Object.entries(after).filter(([key, outcome]) => outcome !== before[key]))).toEqual({
      "argocd/edge-berlin-01: open-cluster-management": "placeholder-ocm-msa-token",
      "argocd/spoke-lab: secretreader": "placeholder-spoke-token",
      "capi-tenants/tenant-c-docker: kubeconfig-secretreader": "placeholder-tenant-c-token",
    });
  });

  it("with the kubeconfig that was pushed beside it", async () => {
    const push: SecretSetting = { kind: "secret", preset: "push", consumer: "fleet-controller" };
    expect(await outcomes({ secretreader: push })).toMatchObject({ "argocd/spoke-lab: secretreader": "placeholder-reader-token" });
  });
});

async function outcomes(settings: Readonly<Record<string, SecretSetting>>): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const cluster of files.flatMap(clusters))
    for (const access of cluster.access) {
      const setting = settings[access.provider];
      if (setting === undefined || isRefusal(access.endpoint)) continue;
      const ask = { cluster, access, provider: { name: access.provider } };
      const read = await readSecret(ask, setting, { get, now: Date.now }, new AbortController().signal);
      const bound = isRefusal(read) ? read : bind(read, access.endpoint, setting.hosts);
      const login = isRefusal(bound) ? undefined : bound.login;
      found[`${cluster.id}: ${access.provider}`] = isRefusal(bound)
        ? bound.reason
        : login?.kind === "credential"
          ? login.token!.reveal()
          : "no credential";
    }
  return found;
}

const secrets = new Map(
  parseAllDocuments(readFileSync(new URL("../__samples__/support-secrets.yaml", import.meta.url), "utf8")).map((document) => {
    const { stringData, ...secret } = document.toJS() as KubeObject & { readonly stringData: Readonly<Record<string, string>> };
    return [`${secret.metadata.namespace}/${secret.metadata.name}`, { ...secret, data: secretData(stringData) }] as const;
  }),
);

const get: SecretHub["get"] = (namespace, name) => {
  const secret = secrets.get(`${namespace}/${name}`);
  return secret === undefined ? Promise.reject(new ApiError(404, "NotFound", "no")) : Promise.resolve(secret);
};

/** The clusters of a file, with a uid that an API server gives. */
function clusters(name: string): readonly Cluster[] {
  return parseAllDocuments(readFileSync(new URL(name, profiles), "utf8")).flatMap((document) => {
    const object = document.toJS() as { readonly metadata: object };
    const read = parseProfile({ ...object, metadata: { uid: "6a5a2a0e-3f5e-4c54-9a8e-0d1f0f8b1c01", ...object.metadata } });
    return "cluster" in read ? [read.cluster] : [];
  });
}
