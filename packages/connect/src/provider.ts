import type { PluginRules } from "./exec/environment.ts";
import type { SecretSetting } from "./secret/setting.ts";
import type { HubTokenSetting, TokenRequestSetting } from "./token/setting.ts";

/** A way to log in that the operator configured, by the name under which profiles offer it. */
export interface Provider {
  readonly name: string;
  /** A credential plugin for the consumer to run. */
  readonly execConfig?: ExecConfig;
  readonly profileSourcedCLIArgsPolicy?: ProviderEntry["profileSourcedCLIArgsPolicy"];
  readonly profileSourcedEnvVarsPolicy?: ProviderEntry["profileSourcedEnvVarsPolicy"];
  /** An identity that the consumer knows how to use by itself; it takes the place of the plugin. */
  readonly login?: CloudLogin;
  /** How a credential is got for consumers that need one; without it, by the plugin. */
  readonly credential?: CredentialSource;
  /** Where its credentials may be sent, beside the server that one was made for. */
  readonly hosts?: readonly string[];
}

/** Where a credential comes from. */
export type CredentialSource = PluginSource | SecretSetting | TokenRequestSetting | HubTokenSetting | { readonly kind: "reference" };

/** The plugin of the provider, and what it is given beside what its file says. */
export interface PluginSource extends PluginRules {
  readonly kind: "exec";
}

/** A credential plugin as KEP-4322 spells it, which is as client-go does. */
export interface ExecConfig {
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly apiVersion: string;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
  /** Accepted for the sake of the file; nobody is there to be asked, so plugins always run without. */
  readonly interactiveMode?: string;
}

/** A cloud identity of the consumer. */
export type CloudLogin =
  | { readonly kind: "gcp" }
  | {
      readonly kind: "aws";
      /** Where the name of the EKS cluster stands; without it, `clusterName` or `clusterId` of the exec extension. */
      readonly clusterName?: { readonly from: "extension" | "property" | "label"; readonly key: string };
      readonly roleArn?: string;
      readonly profile?: string;
    }
  | { readonly kind: "azure"; readonly env: Readonly<Record<string, string>> };

/** The provider file of KEP-4322, which other programs read too: what is ours stands beside it, never inside. */
export interface ProviderFile {
  readonly providers: readonly ProviderEntry[];
}

/** One entry of a provider file; fields that are not known here are left alone. */
export interface ProviderEntry {
  readonly name: string;
  readonly execConfig?: ExecConfig;
  readonly profileSourcedCLIArgsPolicy?: "" | "Ignore" | "Append" | undefined;
  readonly profileSourcedEnvVarsPolicy?: "" | "Ignore" | "AppendIfNotExists" | "Replace" | undefined;
}
