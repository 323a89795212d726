import { RollcallError, toBase64, type Connection, type Reachable } from "@rollcall/contract";
import { anything, bytes, flag, pointer, struct, text, texts, textsByName } from "./go-json.ts";

/** How Argo CD reaches a cluster, in the spelling of its own rewrites, so that those change no byte. */
export function configOf({ id, connection }: Reachable): string {
  const { ca, tlsName, proxy, insecure, disableCompression, login } = connection;
  if (proxy !== undefined && !/^(?:https?|socks5):\/\//i.test(proxy)) {
    const message = `Argo CD reaches ${id} through an http, https or socks5 proxy only; change proxy-url in its ClusterProfile`;
    throw refusal("ProxyNotSupported", message);
  }
  const certificate = login.kind === "credential" ? login.clientCertificate : undefined;
  const config: ClusterConfig = {
    ...loginOf(login, id),
    tlsClientConfig: {
      // Argo CD refuses a CA beside `insecure` and then goes on with the old config in silence; the CA is the safer half.
      insecure: insecure === true && ca === undefined,
      serverName: tlsName,
      certData: certificate && toBase64(certificate.certificate),
      keyData: certificate && toBase64(certificate.key.reveal()),
      caData: ca && toBase64(ca),
    },
    disableCompression,
    proxyUrl: proxy,
  };
  return clusterConfig(config);
}

function loginOf(login: Connection["login"], id: string): Omit<ClusterConfig, "tlsClientConfig"> {
  switch (login.kind) {
    case "exec": {
      const { command, args, env, apiVersion, installHint, provideClusterInfo, config } = login;
      const told = provideClusterInfo && { provideClusterInfo, config };
      return { execProviderConfig: { command, args, env, apiVersion, installHint, ...told } };
    }
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
      const message = `provider ${login.provider} gave neither a token nor a client certificate for ${id}; check what it returns`;
      throw refusal("NoCredential", message);
    }
  }
}

/** Argo CD's own login helper; its images carry it, and it speaks this version alone. */
function builtin(cloud: string): NonNullable<ClusterConfig["execProviderConfig"]> {
  return { command: "argocd-k8s-auth", args: [cloud], apiVersion: "client.authentication.k8s.io/v1beta1" };
}

/** One spelling for all configs that mean the same to Argo CD; a text that it cannot read stays as it is. */
export function canonicalConfig(config: string): string {
  try {
    // Argo CD takes an empty key for an empty config, though not one of blanks.
    return clusterConfig(config === "" ? undefined : JSON.parse(config));
  } catch {
    return config;
  }
}

/** What Argo CD reads from the key `config` of a cluster Secret: its own type of the same name, with bytes in base64. */
interface ClusterConfig {
  readonly bearerToken?: string | undefined;
  readonly tlsClientConfig: {
    readonly insecure: boolean;
    readonly serverName?: string | undefined;
    readonly certData?: string | undefined;
    readonly keyData?: string | undefined;
    readonly caData?: string | undefined;
  };
  readonly awsAuthConfig?: { readonly clusterName: string; readonly roleARN?: string | undefined; readonly profile?: string | undefined };
  readonly execProviderConfig?: {
    readonly command: string;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly apiVersion: string;
    readonly installHint?: string | undefined;
    readonly provideClusterInfo?: boolean | undefined;
    readonly config?: unknown;
  };
  readonly disableCompression?: boolean | undefined;
  readonly proxyUrl?: string | undefined;
}

const clusterConfig = struct({
  username: text,
  password: text,
  bearerToken: text,
  tlsClientConfig: struct({
    insecure: (value) => flag(value) ?? "false",
    serverName: text,
    certData: bytes,
    keyData: bytes,
    caData: bytes,
  }),
  awsAuthConfig: pointer(struct({ clusterName: text, roleARN: text, profile: text })),
  execProviderConfig: pointer(
    struct({
      command: text,
      args: texts,
      env: textsByName,
      apiVersion: text,
      installHint: text,
      provideClusterInfo: flag,
      config: anything,
    }),
  ),
  disableCompression: flag,
  proxyUrl: text,
});

function refusal(reason: string, message: string): RollcallError {
  return new RollcallError(reason, message, { retry: false });
}
