import type { KubeObject } from "@rollcall/contract";

/** What a hub starts with; everything is optional. */
export interface MemoryHubOptions {
  /** Served beside the built-in kinds: namespaces, secrets, configmaps and leases. */
  readonly kinds?: readonly HubKind[];
  /** Who may log in and do what, beside the admin whose token is `hub.token`. */
  readonly users?: readonly HubUser[];
  /** Namespaces that exist from the start, beside `default` and `kube-system`. */
  readonly namespaces?: readonly string[];
  /** Milliseconds between the bookmarks of a quiet watch, 60,000 when not given. */
  readonly bookmarkEvery?: number;
  /** The port to listen on, a free one when not given. */
  readonly port?: number;
}

/** A kind that the hub serves as a real server serves a custom resource. */
export interface HubKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** It has a status subresource: a write to the object leaves the status alone, and the other way round. */
  readonly status?: true;
  /** Says what is wrong with an object, `path: problem`, in the schema's stead. */
  readonly validate?: (object: KubeObject) => string | undefined;
  /** Dotted paths that cannot change after creation. */
  readonly immutable?: readonly string[];
}

/** Someone who may log in with a bearer token. */
export interface HubUser {
  readonly name: string;
  readonly token: string;
  readonly rules: readonly HubRule[];
}

/** A right, spelled as in RBAC; `"*"` stands for all verbs, groups or resources. */
export interface HubRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  /** Plurals; a subresource is named like `clusterprofiles/status`. */
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  /** The only namespace where it holds; absent, it holds everywhere. */
  readonly namespace?: string;
}

/** One line of the audit log: who asked for what, and how it was answered. */
export interface HubRequest {
  /** Empty when the token was not known. */
  readonly user: string;
  /** get, list, watch, create, update, patch or delete. */
  readonly verb: string;
  /** As it was asked for, query included. */
  readonly path: string;
  /** The plural, with its subresource: `secrets`, `clusterprofiles/status`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly code: number;
}
