import { ApiError } from "@rollcall/kube";
import { redact } from "../exec/redact.ts";

const longest = 300;

/** What a server, or something in front of it, said no with: it may repeat what it was sent, so that goes out of it. */
export function wordsOf(error: unknown, secrets: readonly string[]): string {
  const said = error instanceof Error ? error.message : "no answer";
  // What was asked stands before it, and says nothing new.
  const words = error instanceof ApiError ? said.replace(/^[^]*?: (?=\d{3} )/, "") : said;
  const clean = redact(words, secrets).replaceAll(/\s+/g, " ");
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
