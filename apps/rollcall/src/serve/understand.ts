import { parsePluginRequest, type Request } from "@rollcall/answers";
import { isRefusal, type Refusal } from "@rollcall/contract";
import { jsonOf } from "./body.ts";

/** Reads what is posted to the plugin route. */
export type Understand = (body: string) => Request | Refusal;

// Controllers ask the same few questions for ever.
const most = 256;
const longest = 2048;

/** Remembers what the last questions came to: to read one anew costs as much as to look up its answer. */
export function newUnderstanding(jsonDepth: number): Understand {
  const known = new Map<string, Request>();
  return (body) => {
    const before = known.get(body);
    if (before !== undefined) return before;
    const json = jsonOf(body, jsonDepth);
    const request = isRefusal(json) ? json : parsePluginRequest(json.value);
    if (isRefusal(request) || body.length > longest) return request;
    known.set(body, request);
    if (known.size > most) known.delete(known.keys().next().value!);
    return request;
  };
}
