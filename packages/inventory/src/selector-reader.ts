import { RollcallError } from "@rollcall/contract";

/** A word or a symbol of a label selector, and where it begins. */
interface Token {
  readonly is: "word" | "symbol";
  readonly text: string;
  readonly at: number;
}

const token = /[ \t\r\n]+|==|!=|[=!<>(),]|[^ \t\r\n=!<>(),]+/g;

/** Goes through a label selector once, token by token, and knows where it is. */
export class SelectorReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  isNext(symbol: string): boolean {
    return this.#tokens[this.#at]?.text === symbol;
  }

  take(symbol: string): boolean {
    if (!this.isNext(symbol)) return false;
    this.#at += 1;
    return true;
  }

  next(): Token | undefined {
    return this.#tokens[this.#at++];
  }

  word(what: string): Token {
    const token = this.#tokens[this.#at];
    if (token?.is !== "word") throw this.expected(what);
    this.#at += 1;
    return token;
  }

  expected(what: string): RollcallError {
    return this.bad(this.#tokens[this.#at], `expected ${what}`);
  }

  bad(token: Token | undefined, message: string): RollcallError {
    const where = token === undefined ? "at the end" : `at character ${token.at + 1} (${JSON.stringify(token.text)})`;
    return new RollcallError("BadSelector", `label selector ${JSON.stringify(this.#text)}: ${where}: ${message}`, { retry: false });
  }
}

/** Cuts a label selector into words and symbols; every text can be cut, so this never fails. */
function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(token)].flatMap(({ 0: piece, index }) => {
    if (/^[ \t\r\n]/.test(piece)) return [];
    return [{ is: /^[=!<>(),]/.test(piece) ? ("symbol" as const) : ("word" as const), text: piece, at: index }];
  });
}
