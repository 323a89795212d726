export { parseProfile, type Profile } from "./profile.ts";
export { advance, emptyFleet, type Fleet, type Seen } from "./fleet.ts";
export { compileSelection, type Selection } from "./select.ts";
export { parseLabelSelector } from "./label-selector.ts";
