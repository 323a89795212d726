import type { Cluster, Endpoint } from "./cluster.ts";
import type { Refusal } from "./errors.ts";
import type { Hidden } from "./hidden.ts";

/** How a consumer is to log in to one cluster; said by its adapter before anything is resolved. */
export type Login = "by itself" | "with a credential from us" | Refusal;

/** A cluster's endpoint together with a login that works there. */
export interface Connection extends Endpoint {
  readonly login: Reference | Credential;
}

/** A cluster with a connection: the only kind that adapters render, so "no access" cannot reach them. */
export interface Reachable extends Cluster {
  readonly connection: Connection;
  /** Why its credential could not be renewed. It works until it expires. */
  readonly failing?: Refusal;
  /** What is to be remembered of its credential. */
  readonly handed?: Handed;
}

/** The consumer logs in by itself and needs to be told how; nothing secret in here. */
export type Reference = ExecReference | CloudReference;

/** A credential plugin that the operator configured, to be run by the consumer. */
export interface ExecReference {
  readonly kind: "exec";
  readonly provider: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly installHint?: string;
  readonly provideClusterInfo?: true;
  /** Verbatim from the profile; reaches the plugin only with `provideClusterInfo`. */
  readonly config?: unknown;
}

/** A cloud identity that the consumer knows how to use. */
export type CloudReference =
  | { readonly kind: "gcp"; readonly provider: string }
  | { readonly kind: "aws"; readonly provider: string; readonly clusterName: string; readonly roleArn?: string; readonly profile?: string }
  | { readonly kind: "azure"; readonly provider: string; readonly env: Readonly<Record<string, string>> };

/** A credential that we resolved. Its secrets stay hidden until a consumer's object is made. */
export interface Credential {
  readonly kind: "credential";
  readonly provider: string;
  readonly token?: Hidden<string>;
  readonly clientCertificate?: { readonly certificate: string; readonly key: Hidden<string> };
  /** ISO time after which it no longer works; absent when nobody said. */
  readonly expiresAt?: string;
  /** It was not got anew: what stands is still good, and nobody knows it here. */
  readonly assumed?: true;
}

/** What was said of a credential where it was written, so that a restart need not ask for another. */
export interface Handed {
  readonly provider: string;
  /** What it is good for: a hash of the profile, the way in and how its provider is configured. */
  readonly by: string;
  /** ISO times: when it was got, and when it ends; absent when nobody said, or nobody who can be believed. */
  readonly from?: string;
  readonly until?: string;
}

/** So long is a credential believed to last at most, in milliseconds. */
export const longestLife: number = 30 * 86_400_000;
