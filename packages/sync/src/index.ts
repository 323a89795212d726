export { keepList, type KeptList, type ListEvent, type ListParts, type Status } from "./list.ts";
export type { Inventory, Mode } from "./pass.ts";
export { defaultRemovals, type Choice, type Removal, type Removals, type State } from "./membership.ts";
export { defaultGuard, type GuardSettings, type GuardView } from "./guard.ts";
export { newTarget, type Target } from "./target.ts";
export { rollKeeper, rollKind, rollName, rollSelector, type RollKeeper } from "./roll-keeper.ts";
export { causes, readRoll, type Absence, type Cause, type Roll, type Way } from "./roll.ts";
export { marked, type Owner } from "./marks.ts";
export { claimsOf, newClaims, oldestFirst, type Claims } from "./claims.ts";
