const longest = 253;

/** What Argo CD's cluster generator calls `nameNormalized`: the same characters for the same name, so that templates can be carried over. */
export function nameNormalized(name: string): string {
  // Go lowers this one letter to a plain "i", JavaScript to two characters.
  const lowered = name.replaceAll("\u0130", "i").toLowerCase();
  return lowered
    .replaceAll(/[^-a-z0-9.]/gu, "-")
    .slice(0, longest)
    .replaceAll(/^[-.]+|[-.]+$/g, "");
}
