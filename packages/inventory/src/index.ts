export { parseProfile, type Place, type Profile } from "./profile.ts";
export { advance, emptyFleet, type Fleet, type Seen } from "./fleet.ts";
export { type Chosen, compileSelection, explainSelection, type Selection } from "./select.ts";
export { duplicates } from "./dedupe.ts";
export { parseLabelSelector } from "./label-selector.ts";
