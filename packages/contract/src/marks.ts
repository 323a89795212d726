/** What tells our objects from everybody else's, and one member's from another's (docs/adr/0002). The engine sets them, adapters do not. */
export const labels = {
  /** Which installation of Rollcall wrote it. */
  instance: "rollcall.dev/instance",
  /** Which list of the config it belongs to. */
  list: "rollcall.dev/list",
  /** `member` or `leaving`; a consumer's own selector may follow it. */
  state: "rollcall.dev/state",
} as const;

export const annotations = {
  /** `namespace/name` of the profile. */
  cluster: "rollcall.dev/cluster",
  clusterUid: "rollcall.dev/cluster-uid",
  memberId: "rollcall.dev/member-id",
  /** Hash of the normalised server and the CA: the same cluster under a new uid is known by it. */
  endpoint: "rollcall.dev/endpoint",
  /** Which labels, annotations and data keys we put there, so that we can take them away again. */
  wrote: "rollcall.dev/wrote",
  /** How long the credential in it is good, and hashes by which it is known: a restart need not ask for another. */
  login: "rollcall.dev/login",
  /** On a list's roll: the digest that the operator confirms. */
  ack: "rollcall.dev/ack",
} as const;

/** The field manager of every write of ours. */
export const fieldManager = "rollcall";

/** The domain of our marks: nobody else's input may set a key there. */
export const ourDomain = "rollcall.dev/";
