export { flux } from "./flux.ts";
export type { ClusterFrom, ConfigMapOptions, FluxOptions, Provider, User } from "./options.ts";
export { problemsOf, type Problem } from "./problems.ts";
