export { istioFiles } from "./istio-files.ts";
export { istio } from "./istio.ts";
export type { IstioFilesOptions, IstioOptions, MeshOptions, ServerFrom } from "./options.ts";
export { problemsOf, problemsOfFiles, type Problem } from "./problems.ts";
export type { MappedFrom, Source } from "./source.ts";
