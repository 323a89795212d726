/** How a provider's credentials are found in Secrets of the hub, as the operator configured it. */
export type SecretSetting = Where & Preset;

interface Where {
  readonly kind: "secret";
  /** The one namespace that Secrets are read from; without it, each profile's own. */
  readonly namespace?: string;
  /** `profile` (the default): a Secret has to name the profile. `namespace`: to lie in the namespace is enough. */
  readonly consent?: "profile" | "namespace";
  /** The keys that may be read; where the profile names none, the first is. */
  readonly keys?: readonly string[];
  /** Where the credentials may be sent, besides the server that they were made for. */
  readonly hosts?: readonly string[];
}

type Preset =
  | { readonly preset: "secretreader" | "kubeconfig-secretreader" | "token-secretreader" | "argocd-agent" }
  | {
      readonly preset: "push";
      /** The consumer as whom we read: a Secret that was pushed for another is not ours. */
      readonly consumer: string;
      /** What the Secret of a profile is called; `{namespace}` and `{name}` are the profile's. */
      readonly name?: string;
    }
  | {
      readonly preset: "managed-service-account";
      /** The ManagedServiceAccount whose token is synced next to the profile. */
      readonly serviceAccount: string;
    };
