import { fromBase64, type KubeObject, type ObjectMeta } from "@rollcall/contract";
import { stringify } from "yaml";

/** Objects as the YAML of a manual: keys in its order, Secret values as text, so that a golden file can be read in review. */
export function toYaml(objects: readonly KubeObject[]): string {
  return objects.map((object) => stringify(inManualOrder(object), { lineWidth: 0, singleQuote: true })).join("---\n");
}

function inManualOrder({ apiVersion, kind, metadata, type, data, spec, ...rest }: KubeObject): object {
  return {
    apiVersion,
    kind,
    metadata: metadataInOrder(metadata),
    ...(type !== undefined && { type }),
    ...(data !== undefined && { data: kind === "Secret" ? decoded(data) : data }),
    ...(spec !== undefined && { spec }),
    ...rest,
  };
}

function metadataInOrder({ name, namespace, labels, annotations, ...rest }: ObjectMeta): object {
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    ...(annotations !== undefined && { annotations }),
    ...rest,
  };
}

/** Fails on what is no base64 text: a golden file must not hide it. */
function decoded(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const text = fromBase64(value);
      if (text === undefined) throw new Error(`data.${key} of a Secret is not base64 of a text`);
      return [key, text];
    }),
  );
}
