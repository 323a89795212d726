import { parseAllDocuments, stringify } from "yaml";
import { RollcallError, type KubeObject } from "@rollcall/contract";
import { notYaml } from "./one-line.ts";

/** Objects as one stream of YAML that kubectl reads as it is meant: it knows YAML 1.1, where `no` and `012` are no texts. */
export function toYaml(objects: readonly KubeObject[]): string {
  return objects.map(written).join("---\n");
}

/** Anything as lines of YAML. */
export function yamlLines(value: object): readonly string[] {
  return written(value).trimEnd().split("\n");
}

function written(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" });
}

/** Every document of a text, or an error that names where it is from. */
export function fromYaml(path: string, text: string): readonly unknown[] {
  try {
    return parseAllDocuments(text, { logLevel: "error" }).flatMap((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      const value: unknown = document.toJS({ maxAliasCount: 20 });
      return value === null ? [] : [value];
    });
  } catch (cause) {
    throw new RollcallError("BadFile", notYaml(path, cause), { retry: false, cause });
  }
}
