export { callOverHttp, clusterProfileKind, conformanceCases, type Call } from "./conformance/index.ts";
export { type Bent, type Instead, type ProxiedRequest, type ProxyAnswer, type ProxyRule, type Verb } from "./fault-plan.ts";
export { decision, decisionKind, ocmDecision, ocmDecisionKind, type GivenDecision } from "./decisions.ts";
export { ca, cluster, profile, reachable, type Given, type GivenProfile } from "./fixtures.ts";
export { toYaml } from "./golden.ts";
export { followHistory, type Happened, type History, type HistoryOptions } from "./oracle-history.ts";
export {
  deletesAreExact,
  endState,
  ownObjectsOnly,
  prompt,
  quiescence,
  truthful,
  withinReference,
  type Counts,
  type LogLine,
  type Problems,
} from "./oracle.ts";
export { promises, testAdapter, type Promised } from "./promises.ts";
export { loopbackCertificate, type LoopbackCertificate } from "./proxy-certificate.ts";
export { startProxy, type Proxy, type ProxyOptions } from "./proxy.ts";
export type { SeenRequest } from "./proxy-serve.ts";
export { toy, type ToyOptions } from "./toy.ts";
export { openWorkbench, stateNamespace, type Engine, type EngineOptions, type StartOptions, type Workbench } from "./engine.ts";
export type { PlayFleet } from "./engine-fleet.ts";
export { acknowledge, patience, rollObjectOf, rollOf, soon, toys, toyWorkbench, visit, type Finishing } from "./engine-toys.ts";
