/**
 * When a token ends by its own word: the `exp` of a JWT; nothing where it is none or says nothing that can be understood. Its signature is
 * not checked, so whoever goes by this may believe the token for a shorter time, and never for a longer one.
 */
export function endOfToken(token: string): string | undefined {
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return undefined;
  const seconds = expOf(parts[1]!);
  if (typeof seconds !== "number") return undefined;
  const at = new Date(Math.floor(seconds * 1000));
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function expOf(payload: string): unknown {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return typeof claims === "object" && claims !== null && "exp" in claims ? claims.exp : undefined;
  } catch {
    return undefined;
  }
}
