/** Where an API server is and how to log in to it: what a kubeconfig or a pod's own account comes down to. */
export interface ServerConfig {
  readonly url: string;
  /** PEM; absent means that the system's roots are trusted. */
  readonly ca?: string;
  readonly tlsName?: string;
  readonly insecure?: boolean;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  /** Asked before each request, so that a rotated token is used at once. */
  token?(): Promise<string | undefined>;
  /** The namespace that the configuration names, if any. */
  readonly namespace?: string;
}
