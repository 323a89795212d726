export { connect } from "./connect.ts";
export { readProviders } from "./read-providers.ts";
export type { Problem } from "./expect.ts";
export type { CloudLogin, ExecConfig, Provider, ProviderEntry, ProviderFile } from "./provider.ts";
