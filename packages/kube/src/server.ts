/** What a server is trusted by, and the certificate that we show it. */
export interface Trust {
  /** PEM; absent means that the system's roots are trusted. */
  readonly ca?: string;
  /** The name that its certificate must have, where that is not the name in the URL. */
  readonly tlsName?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
}

/** Where an API server is and how to log in to it: what a kubeconfig or a pod's own account comes down to. */
export interface ServerConfig extends Trust {
  readonly url: string;
  readonly insecure?: boolean;
  /** URL of an http, https or socks5 proxy before it. */
  readonly proxy?: string;
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Asked before each request, so that a rotated token is used at once; told which token the server has just refused, empty if there was none. */
  token?(refused?: string): Promise<string | undefined>;
  /** Asked about once a minute, and after a connection failed with what it told last: its answer takes the place of `ca`, `tlsName` and `clientCertificate`. */
  trust?(failed?: Trust): Promise<Trust>;
  /** The namespace that the configuration names, if any. */
  readonly namespace?: string;
}
