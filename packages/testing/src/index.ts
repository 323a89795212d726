export { callOverHttp, clusterProfileKind, conformanceCases, type Call } from "./conformance/index.ts";
export { ca, cluster, profile, reachable, type Given, type GivenProfile } from "./fixtures.ts";
export { toYaml } from "./golden.ts";
export { promises, testAdapter, type Promised } from "./promises.ts";
export {
  startProxy,
  type ProxiedRequest,
  type Proxy,
  type ProxyAnswer,
  type ProxyOptions,
  type ProxyRule,
  type SeenRequest,
} from "./proxy.ts";
export { toy, type ToyOptions } from "./toy.ts";
