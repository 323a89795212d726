import { toBase64, type Connection, type ExecReference, type Reachable } from "@rollcall/contract";
import { spelled, type ClusterConfig } from "./cluster-config.ts";
import type { ArgoCdOptions } from "./options.ts";
import { filled } from "./placeholders.ts";
import { refuse } from "./refuse.ts";
import { checkUsable } from "./usable.ts";

/** How Argo CD reaches a cluster; refused where its client would not be able to. */
export function configOf(cluster: Reachable, server: string, options: ArgoCdOptions): string {
  const { id, connection } = cluster;
  const { ca, tlsName, proxy, insecure, disableCompression, login } = connection;
  const certificate = login.kind === "credential" ? login.clientCertificate : undefined;
  const config: ClusterConfig = {
    ...loginOf(login, cluster, server, options),
    tlsClientConfig: {
      // Argo CD refuses a CA beside `insecure`; the CA is the safer half.
      insecure: insecure === true && ca === undefined,
      serverName: tlsName,
      certData: certificate && pem(certificate.certificate, "CERTIFICATE", `the client certificate for ${id}`),
      keyData: certificate && pem(certificate.key.reveal(), "PRIVATE KEY", `the key of the client certificate for ${id}`),
      caData: ca && pem(ca, "CERTIFICATE", `the CA of ${id}`),
    },
    disableCompression,
    proxyUrl: proxy,
  };
  checkUsable(config, id);
  return spelled(config);
}

function loginOf(
  login: Connection["login"],
  cluster: Reachable,
  server: string,
  options: ArgoCdOptions,
): Omit<ClusterConfig, "tlsClientConfig"> {
  switch (login.kind) {
    case "exec":
      return { execProviderConfig: pluginOf(login, cluster, server, options) };
    case "gcp":
      return { execProviderConfig: builtin("gcp") };
    case "aws":
      return { awsAuthConfig: { clusterName: login.clusterName, roleARN: login.roleArn, profile: login.profile } };
    case "azure":
      return { execProviderConfig: { ...builtin("azure"), env: login.env } };
    case "credential": {
      const token = login.token?.reveal();
      if (token || login.clientCertificate) return { bearerToken: token };
      // Argo CD would go on as anonymous.
      const message = `provider ${login.provider} gave neither a token nor a client certificate for ${cluster.id}; check what it returns`;
      throw refuse("NoCredential", message);
    }
  }
}

type Plugin = NonNullable<ClusterConfig["execProviderConfig"]>;

function pluginOf(
  login: ExecReference,
  cluster: Reachable,
  server: string,
  { placeholders = false, passClusterInfo = true }: ArgoCdOptions,
): Plugin {
  const { command, apiVersion, installHint, provideClusterInfo, config } = login;
  const { args, env } = placeholders ? filled(login, cluster, server) : login;
  // Argo CD before 3.5 drops these two whenever it writes the Secret, and we would put them back each time.
  const told = provideClusterInfo && passClusterInfo && { provideClusterInfo, config };
  return { command, args, env, apiVersion, installHint, ...told };
}

/** Argo CD's own login helper; its images carry it, and it speaks this version alone. */
function builtin(cloud: string): Plugin {
  return { command: "argocd-k8s-auth", args: [cloud], apiVersion: "client.authentication.k8s.io/v1beta1" };
}

const blocks = {
  CERTIFICATE: /-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/,
  "PRIVATE KEY": /-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----\s[A-Za-z0-9+/=\s]+-----END \1-----/,
};

/** PEM in base64. What holds no block of its kind is of no use to any client, whatever else it is. */
function pem(text: string, kind: keyof typeof blocks, what: string): string {
  if (blocks[kind].test(text)) return toBase64(text);
  throw refuse("BadCertificate", `${what} is no PEM with a ${kind} in clear; check where it comes from`);
}
