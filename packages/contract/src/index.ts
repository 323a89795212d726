export type { Access, Cluster, ClusterId, Endpoint, Health } from "./cluster.ts";
export type { CloudReference, Connection, Credential, Handed, ExecReference, Login, Reachable, Reference } from "./connection.ts";
export { longestLife } from "./connection.ts";
export { Hidden } from "./hidden.ts";
export { isRefusal, refusal, refusalOf, RollcallError, type Refusal } from "./errors.ts";
export { fromBase64, objectKey, secretData, toBase64, type Kind, type KubeObject, type ObjectMeta } from "./object.ts";
export { annotations, fieldManager, labels, ourDomain } from "./marks.ts";
export { sha256, shortHash } from "./hash.ts";
export { bounded, nameFrom, objectName } from "./names.ts";
export { digestOf, endpointHash, sameServer } from "./endpoint.ts";
export { canonicalJson } from "./canonical.ts";
export { isCertificates } from "./pem.ts";
export { kubeconfig, type KubeconfigOptions } from "./kubeconfig.ts";
export { readers, unreadable, type Fate, type Reader, type Trait } from "./kubeconfig-readers.ts";
export type { Adapter, Answered, Indexed, Kept, Leave, Member, Unlisted, Verdict } from "./adapter.ts";
export {
  dropFromIndex,
  final,
  firstHarm,
  outOfAnswers,
  relabel,
  remove,
  untilUnused,
  wait,
  type Own,
  type State,
  type Step,
} from "./step.ts";
