import { hash, timingSafeEqual } from "node:crypto";
import { isRefusal, refusal, RollcallError, type Refusal } from "@rollcall/contract";
import type { Log } from "../log.ts";
import { follow, type Content } from "./follow.ts";
import type { Scope } from "./scope.ts";
import { presented, tokensIn } from "./tokens.ts";

/** A file with tokens, and what they are good for. */
export interface TokenFile extends Scope {
  readonly file: string;
}

/** Knows whose token it is. */
export interface TokenHolders {
  /** The file that the token of this header stands in, or why it is nobody's. */
  who(authorization: string | undefined): TokenFile | Refusal;
  /** Another number whenever a file holds other tokens. */
  edition(): number;
}

export interface TokenFilesOptions {
  readonly tokens: readonly TokenFile[];
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly every?: number;
}

/** Reads token files and follows them. What a file holds that is no good is said without its content, and the tokens before it stay. */
export async function tokensFrom({ tokens, log, signal, every }: TokenFilesOptions): Promise<TokenHolders> {
  const held = new Map<TokenFile, readonly Buffer[]>();
  /** What files hold that another one holds as well, which may be over when that one is read again. */
  const doubled = new Map<TokenFile, Content>();
  let edition = 0;

  function take(token: TokenFile, content: Content): void {
    const { file } = token;
    doubled.delete(token);
    const found = digestsOf(content);
    const twin = isRefusal(found)
      ? undefined
      : tokens.find((other) => other !== token && held.get(other)?.some((each) => isIn(found, each)));
    const wrong = isRefusal(found) ? found.message : twin && `it holds a token that ${twin.file} holds too; give each file its own`;
    if (twin !== undefined) doubled.set(token, content);
    if (wrong !== undefined) {
      const then = held.has(token) ? "the tokens before it stay" : "nobody can ask with it";
      return log("error", "token file refused", { file, problem: wrong, then });
    }
    if (held.has(token)) log("info", "token file read again", { file, tokens: (found as readonly Buffer[]).length });
    held.set(token, found as readonly Buffer[]);
    edition += 1;
    // A token that went from one file to another was in both for a moment.
    for (const [other, waiting] of Array.from(doubled)) take(other, waiting);
  }

  for (const token of tokens)
    await follow({ files: [token.file], take: ([content]) => take(token, content!), signal, ...(every !== undefined && { every }) });
  if (held.size === 0)
    throw new RollcallError(
      "NoToken",
      "no file of serve.tokens holds a token that can be used, so nobody could ask; the log says what is wrong with each",
      {
        retry: false,
      },
    );

  return {
    edition: () => edition,
    who(authorization) {
      const token = presented(authorization);
      if (token !== undefined && isRefusal(token)) return token;
      const digest = digest256(token ?? "");
      // All are compared, so that the time says nothing of which was like it.
      const found = [...held].filter(([, digests]) => isIn(digests, digest)).map(([file]) => file);
      return token === undefined || found[0] === undefined ? stranger : found[0];
    },
  };
}

const stranger = refusal(
  "Unauthorized",
  'there is no token, or one that is not known here; send "Authorization: Bearer TOKEN" with a token from a file of serve.tokens in the config of Rollcall',
);

function digestsOf(content: Content): readonly Buffer[] | Refusal {
  if ("unread" in content) return refusal("BadToken", `it cannot be read (${content.unread}); name a file that can`);
  const found = tokensIn(content.text);
  return isRefusal(found) ? found : found.map(digest256);
}

function digest256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

function isIn(digests: readonly Buffer[], digest: Buffer): boolean {
  return digests.map((each) => timingSafeEqual(each, digest)).includes(true);
}
