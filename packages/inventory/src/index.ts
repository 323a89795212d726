export { parseProfile, type Profile } from "./profile.ts";
export { placed } from "./place.ts";
export { anyHealth, judgeHealth, seeHealth, type HealthRule, type HealthSays, type HealthSeen } from "./health.ts";
export { advance, emptyFleet, type Fleet, type Seen } from "./fleet.ts";
export { type Chosen, compileSelection, explainSelection, type Selection } from "./select.ts";
export { duplicates } from "./dedupe.ts";
export { parseLabelSelector } from "./label-selector.ts";
