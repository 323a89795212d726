import type { Answer } from "./answer.ts";

/** The answer for someone who has one already: 304 without a body when it is still the same. */
export function unlessKnown(answer: Answer, ifNoneMatch: string | undefined): Answer {
  const tag = answer.headers["etag"];
  if (tag === undefined || ifNoneMatch === undefined) return answer;
  const known = new Set(ifNoneMatch.split(",").map((each) => bare(each.trim())));
  return known.has("*") || known.has(bare(tag)) ? { ...answer, status: 304, body: "" } : answer;
}

function bare(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
