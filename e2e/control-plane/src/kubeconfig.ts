/** What a kubeconfig is made of: trust by CA text or by CA file. */
export interface KubeconfigInput {
  readonly server: string;
  readonly token: string;
  /** PEM. */
  readonly ca?: string;
  readonly caFile?: string;
}

/** A kubeconfig with one cluster, user and context, as JSON, which is YAML too. */
export function kubeconfigText({ server, token, ca, caFile }: KubeconfigInput): string {
  const trust = {
    ...(ca !== undefined && { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    ...(caFile !== undefined && { "certificate-authority": caFile }),
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "e2e", cluster: { server, ...trust } }],
    users: [{ name: "e2e", user: { token } }],
    contexts: [{ name: "e2e", context: { cluster: "e2e", user: "e2e" } }],
    "current-context": "e2e",
  });
}
