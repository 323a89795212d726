export { startMemoryHub, type MemoryHub } from "./hub.ts";
export type { HubKind, HubRequest, HubRule, HubUser, MemoryHubOptions } from "./options.ts";
