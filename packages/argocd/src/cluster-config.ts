import { anything, bytes, flag, parse, pointer, struct, text, texts, textsByName } from "./go-json.ts";

/** What Argo CD reads from the key `config` of a cluster Secret: its own type of the same name, with bytes in base64. */
export interface ClusterConfig {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
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

/** A config in the spelling of Argo CD's own rewrites, so that those change no byte. */
export function spelled(config: ClusterConfig): string {
  return clusterConfig(config);
}

/** One spelling for all configs that mean the same to Argo CD; a text that it cannot read, or that says a thing twice, stays as it is. */
export function canonicalConfig(config: string): string {
  try {
    // Argo CD takes an empty key for an empty config, though not one of blanks.
    return clusterConfig(config === "" ? undefined : parse(config));
  } catch {
    return config;
  }
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
