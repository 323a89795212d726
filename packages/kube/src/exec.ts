import type { Credential, Endpoint } from "@rollcall/contract";

/** A credential plugin as a kubeconfig names it. */
export interface ExecSpec {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the environment that there is. */
  readonly env: Readonly<Record<string, string>>;
  readonly installHint?: string;
  /** What the plugin is told of the cluster, where the kubeconfig says so. */
  readonly cluster?: Endpoint & { readonly config?: unknown };
}

/** What a credential plugin gives. */
export type ExecCredential = Pick<Credential, "token" | "clientCertificate" | "expiresAt">;

/** Runs a credential plugin; when it is asked again is not its business. */
export type RunExec = (spec: ExecSpec) => Promise<ExecCredential>;
