import type { Access, Cluster, Credential, Endpoint, Hidden, Refusal } from "@rollcall/contract";
import type { Provider } from "./provider.ts";

/** One cluster by one way in that its profile offers and an operator configured. */
export interface Ask {
  readonly cluster: Cluster;
  readonly access: Access;
  readonly endpoint: Endpoint;
  readonly provider: Provider;
  /** The provider that is logged in with first, where a token is asked for: what comes of it is made with that one. */
  readonly first?: Provider;
  /** What was got before: whoever is asked may repeat it, and no message is to hold it. */
  readonly known?: readonly Hidden<string>[];
}

/** What came of an ask. */
export interface Resolved {
  readonly credential: Credential;
  /** Where it was made to be sent, when its source says so: it is sent nowhere else, and never unverified, even where the source was `insecure`. */
  readonly madeFor?: Pick<Endpoint, "server" | "ca" | "tlsName" | "insecure">;
  /** The Secret that it was read from: when that changes, it is read again. */
  readonly source?: Source;
}

export interface Source {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Gets a credential, once; when it is asked again is not its business. What it cannot get it refuses with a reason. */
export type Resolve = (ask: Ask, signal: AbortSignal) => Promise<Resolved | Refusal>;
