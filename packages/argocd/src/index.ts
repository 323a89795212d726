export { argocd } from "./argocd.ts";
export type { ArgoCdOptions, ProjectFrom } from "./options.ts";
export { problemsOf, type Problem } from "./problems.ts";
export type { MappedFrom, Source } from "./source.ts";
