export { startControlPlane, type ControlPlane, type ControlPlaneOptions } from "./control-plane.ts";
export { crds } from "./crds.ts";
export type { Account } from "./account.ts";
export type { AuditEntry, AuditFilter } from "./audit.ts";
export type { ProgramName } from "./binaries.ts";
export type { KindName } from "./discovery.ts";
export type { Manifest } from "./objects.ts";
export type { Answer, Client } from "./request.ts";
