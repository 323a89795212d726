import { accessCases } from "./access-cases.ts";
import type { ConformanceCase } from "./case.ts";
import { changeCases } from "./change-cases.ts";
import { createCases } from "./create-cases.ts";
import { deleteCases } from "./delete-cases.ts";
import { listCases } from "./list-cases.ts";
import { watchCases } from "./watch-cases.ts";

export { callOverHttp } from "./call-over-http.ts";
export type { Call } from "./case.ts";
export { clusterProfileKind } from "./profile-kind.ts";

/** What Rollcall relies on in an API server: the memory hub and a real one must answer alike. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...createCases,
  ...changeCases,
  ...deleteCases,
  ...listCases,
  ...watchCases,
  ...accessCases,
];
