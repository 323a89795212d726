import type { IncomingMessage } from "node:http";
import { refusal, type Refusal } from "@rollcall/contract";

/** Reads a body to its end; undefined where it is longer than is taken. Whoever hangs up meanwhile is an error. */
export function bodyOf(request: IncomingMessage, most: number): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > most) return Promise.resolve(undefined);
  // By its events: an iterator of a stream costs as much as all the rest of a short answer.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= most) return;
      request.off("data", take).pause();
      resolve(undefined);
    };
    request.on("data", take);
    request.once("end", () => resolve(chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString()));
    request.once("error", reject);
  });
}

/** What a body says, unless it is no JSON or nested deeper than anybody means. */
export function jsonOf(text: string, deepest: number): { readonly value: unknown } | Refusal {
  if (depthOf(text) > deepest)
    return refusal("BadRequest", `the body is nested deeper than ${deepest}; send what the plugin generator sends`);
  try {
    return { value: JSON.parse(text) };
  } catch {
    return refusal("BadRequest", "the body is not JSON; send what the plugin generator sends");
  }
}

/** How deep it nests, known before anything is made of it. One look at each character, whatever a stranger puts there. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isText) {
      if (char === "\\") at += 1;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === "[" || char === "{") deepest = Math.max(deepest, ++depth);
    else if (char === "]" || char === "}") depth -= 1;
  }
  return deepest;
}
