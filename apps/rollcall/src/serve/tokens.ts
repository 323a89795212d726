import { refusal, type Refusal } from "@rollcall/contract";

const shortest = 16;
// A header holds 16 KiB, and more than the token stands in it.
const longest = 4096;
const fewestCharacters = 6;
const wellKnown =
  /^(?:admin|argocd|bearer|changeit|changeme|default|demo|example|flux|pass|password|placeholder|putthetokenhere|replaceme|rollcall|root|secret|test|token)+$/;

/** The tokens that a file holds: one, or two while one takes the other's place. All of them have to be good, or none is taken. */
export function tokensIn(text: string): readonly string[] | Refusal {
  const lines = text.split("\n").flatMap((line) => line.trim() || []);
  if (lines.length === 0) return refusal("BadToken", "it holds no token; write one into it, such as openssl rand -hex 32 makes");
  if (lines.length > 2)
    return refusal(
      "BadToken",
      `it holds ${lines.length} lines, and two tokens are the most; keep the new one, and the old one while it is still used`,
    );
  const wrong = lines.map(whyBad).find((why) => why !== undefined);
  return wrong === undefined ? lines : refusal("BadToken", `${wrong}; make one with openssl rand -hex 32`);
}

/** The token that an Authorization header carries, if it carries one. */
export function presented(authorization: string | undefined): string | Refusal | undefined {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (token?.startsWith("$"))
    return refusal(
      "NoSuchKey",
      'the token begins with "$": so Argo CD sends the name of a key that its Secret does not have; put the token into the Secret under the key that "token" of the plugin\'s ConfigMap names',
    );
  return token;
}

/** Says nothing of what stands there: it goes into logs. */
function whyBad(token: string): string | undefined {
  const letters = token.toLowerCase().replaceAll(/[^a-z]/g, "");
  if (token.startsWith("$")) return 'a token begins with "$", and so does what Argo CD sends when its Secret lacks the key';
  if (!/^[\x21-\x7e]+$/.test(token)) return "a token has whitespace or other characters in it that no header carries";
  if (token.length < shortest) return `a token is shorter than ${shortest} characters`;
  if (token.length > longest) return `a token is longer than ${longest} characters`;
  if (wellKnown.test(letters) || new Set(token).size < fewestCharacters) return "a token is one that anybody would guess";
  return undefined;
}
