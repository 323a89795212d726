/** The longest value that a pattern is asked about. */
export const longestValue = 512;
/** The longest value where what a pattern leaves open multiplies: for each of them all places of the others are tried. */
const longestOfSeveral = 64;
const mostRepeats = 3;
const mostGroups = 3;

/**
 * A pattern for whole values, or why it is refused. A stranger chooses the values, so only patterns are taken that find their answer soon:
 * no group is repeated, few single characters are, few groups follow each other, and nothing looks back or ahead. Where several things
 * are left open, only short values match.
 */
export function readPattern(source: string): RegExp | string {
  const bare = source
    .replaceAll(/\\[^1-9k]/g, "x")
    .replaceAll(/\[[^\]]*\]/g, "x")
    .replaceAll("(?:", "(");
  if (/\\[1-9k]/.test(bare)) return "refers back to a group; spell it out";
  if (bare.includes("(?")) return "looks ahead or back, or names a group; use plain groups";
  if (/\)(?:[*+]|\{)/.test(bare)) return "repeats a group; repeat single characters or classes instead";
  const repeats = bare.match(/[*+?]|\{\d+,\d*\}/g)?.length ?? 0;
  if (repeats > mostRepeats) return `leaves open how often more than ${mostRepeats} things come; make it simpler`;
  // Each may be one of several, so that all together are as many as their product.
  const groups = bare.split("(").length - 1;
  if (groups > mostGroups) return `has more than ${mostGroups} groups; make it simpler`;
  try {
    // By itself first: with ours around it, brackets that do not match could become some that do.
    const whole = `(?:${new RegExp(source, "u").source})$`;
    const isSeveral = repeats > 1 || repeats + groups > mostRepeats;
    return new RegExp(isSeveral ? `^(?=[^]{0,${longestOfSeveral}}$)${whole}` : `^${whole}`, "u");
  } catch {
    return "is no regular expression";
  }
}
