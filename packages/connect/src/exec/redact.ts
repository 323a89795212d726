import { hide } from "./hide.ts";
import { type Known, piecesOf } from "./pieces.ts";

const shownLines = 5;
const longestLine = 300;

// What looks like a secret, wherever it comes from. None of these goes back on its way, so that a long line costs no time.
const suspects: readonly RegExp[] = [
  /-----BEGIN [^-]{0,64}-----(?:[^-]|-(?!----END))*(?:-----END [^-]{0,64}-----)?/g,
  /\bey[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}/g,
  /\b(?:k8s-aws-v1\.|ya29\.|gh[oprsu]_|github_pat_|glpat-|xox[a-z]-|sk-|AKIA|ASIA|sha256~)[A-Za-z0-9_.~+/=-]+/g,
  /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
  /\b[0-9a-fA-F]{32,}\b/g,
];
const named =
  /((?:bearer|basic)\s+|(?:token|secret|password|passwd|credential|authorization|api[_-]?key|private[_-]?key)["']?\s*[:=]\s*["']?(?:(?:bearer|basic)\s+)?)[^\s"',;]+/gi;
const longRun = /[A-Za-z0-9_+/=~-]{32,}/g;
const printedRun = /[^\s"'\\,:;=(){}[\]<>|]{16,}/g;

/** The text without the given secrets, without what was also printed where secrets belong, and without anything else that looks like one. */
export function redact(text: string, secrets: readonly string[], printed = "", whole: readonly string[] = []): string {
  let clean = hide(withoutControls(text).replaceAll(/[^\s"'<>]+/g, withoutUser), pieces({ secrets, printed, whole }));
  const runs = new Set(printed.match(printedRun));
  clean = clean.replaceAll(printedRun, (run) => (runs.has(run) ? "[hidden]" : run));
  for (const suspect of suspects) clean = clean.replaceAll(suspect, "[hidden]");
  clean = clean.replaceAll(named, "$1[hidden]");
  // Letters of both cases with digits among them are hardly a word or a path.
  return clean.replaceAll(longRun, (run) => (/[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run) ? "[hidden]" : run));
}

/** The last lines of what a process complained about, fit for a message. */
export function complaint(stderr: string, secrets: readonly string[], stdout: string, whole: readonly string[] = []): string {
  const lines = redact(stderr, secrets, stdout, whole).split("\n");
  const shown = lines.map((line) => line.trim()).filter((line) => line !== "");
  const last = shown.slice(-shownLines).map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
  return last.length === 0 ? "it said nothing" : `it said: ${last.join(" | ")}`;
}

/** A URL without who logs in there. A password may hold anything, so all up to the last sign of it goes. */
function withoutUser(run: string): string {
  const [begin, end] = [run.indexOf("://"), run.lastIndexOf("@")];
  return begin < 0 || end < begin ? run : `${run.slice(0, begin + 3)}[hidden]${run.slice(end)}`;
}

function pieces(known: Known): readonly string[] {
  return piecesOf(known).map(withoutControls);
}

// A terminal obeys control characters, and one in the middle of a secret would hide it from us.
function withoutControls(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(/\p{Cc}\[[0-9;?]*[A-Za-z]|[^\P{Cc}\n\t]|\p{Cf}/gu, "");
}
