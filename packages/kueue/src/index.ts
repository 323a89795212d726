export { kueue } from "./kueue.ts";
export type { KueueOptions } from "./options.ts";
export { problemsOf, type Problem } from "./problems.ts";
