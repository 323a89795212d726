import type { Refusal } from "@rollcall/contract";
import { newReader, type Fields, type Reader } from "./fields.ts";
import { sorts, type PlacementName, type PluginRequest } from "./request.ts";

const path = "input.parameters";
// Every cluster of the answer carries them: what is small here is large there.
const mostValues = 4096;

/** Reads the body that Argo CD's plugin generator posts. Whatever is unknown or mistyped in its input is refused: a misspelt field must not widen what is asked for. */
export function parsePluginRequest(body: unknown): PluginRequest | Refusal {
  const reader = newReader();
  // Beside the input are Argo CD's own words, of which a later version may have more.
  const envelope = reader.fields(body, "the body");
  const applicationSetName = envelope && reader.text(envelope.get("applicationSetName"), "applicationSetName");
  const input = envelope && reader.fields(envelope.get("input"), "input");
  if (input) reader.noOthers(input, "input.", ["parameters"]);
  // Argo CD leaves them out when there are none.
  const parameters: Fields | undefined = input?.has("parameters") ? reader.fields(input.get("parameters"), path) : new Map();
  const narrow = "; to narrow an answer, use the generator's own selector";
  if (parameters) reader.noOthers(parameters, `${path}.`, ["list", "placement", "sort", "values"], narrow);

  const list = input && parameters && reader.text(parameters.get("list"), `${path}.list`);
  const placement = parameters?.has("placement") ? placementOf(reader, parameters.get("placement")) : undefined;
  const sort = parameters?.has("sort") ? reader.oneOf(parameters.get("sort"), `${path}.sort`, sorts) : "decision";
  const values = parameters?.has("values") ? valuesOf(reader, parameters.get("values")) : {};

  const wrong = reader.refusal("correct the ApplicationSet's plugin generator; until then nothing is changed");
  if (wrong !== undefined) return wrong;
  return {
    asks: "plugin",
    applicationSetName: applicationSetName!,
    list: list!,
    ...(placement && { placement }),
    sort: sort!,
    values: values!,
  };
}

function placementOf(reader: Reader, value: unknown): PlacementName | undefined {
  const at = `${path}.placement`;
  const fields = reader.fields(value, at);
  if (fields === undefined) return undefined;
  reader.noOthers(fields, `${at}.`, ["key", "name", "namespace"]);
  const by = ["key", "name"].filter((each) => fields.has(each));
  if (by.length !== 1) reader.wrong(at, "an object with either a key or a name", value);
  const text = (key: string): string | undefined => (fields.has(key) ? reader.text(fields.get(key), `${at}.${key}`) : undefined);
  const [key, name, namespace] = [text("key"), text("name"), text("namespace")];
  const where = namespace === undefined ? {} : { namespace };
  if (key !== undefined) return { key, ...where };
  return name === undefined ? undefined : { name, ...where };
}

function valuesOf(reader: Reader, value: unknown): Readonly<Record<string, string>> | undefined {
  const at = `${path}.values`;
  const fields = reader.fields(value, at);
  if (fields === undefined) return undefined;
  const texts = [...fields].flatMap(([key, each]) => {
    if (typeof each === "string") return [[key, each] as const];
    reader.wrong(`${at}.${key}`, "a text", each);
    return [];
  });
  const values = Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
  const size = JSON.stringify(values).length;
  if (size > mostValues) reader.wrong(at, `no more than ${mostValues} characters`, size);
  return values;
}
