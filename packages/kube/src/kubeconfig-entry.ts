import { dirname, isAbsolute, join } from "node:path";
import { RollcallError } from "@rollcall/contract";

export type Fields = Readonly<Record<string, unknown>>;

/** A cluster, a user or a context of a kubeconfig, and the file that it stands in. */
export interface Entry {
  readonly path: string;
  readonly fields: Fields;
}

/** A path in a kubeconfig is relative to the file. */
export function besideFile(kubeconfig: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(kubeconfig), path);
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What is wrong with a kubeconfig, by the name of the field and never by its value. */
export function wrong(path: string, field: string, why: string): RollcallError {
  return new RollcallError("BadKubeconfig", `${path}: ${field} ${why}`, { retry: false });
}
