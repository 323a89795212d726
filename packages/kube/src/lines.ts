import { foreignAnswer, unreachable } from "./errors.ts";

/** The lines of a body as they come; half a line at its end is a failure. */
export async function* splitLines(body: AsyncIterable<Buffer>, what: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of body) {
      const pieces = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = pieces.pop() ?? "";
      for (const piece of pieces) if (piece !== "") yield piece;
    }
  } catch (cause) {
    throw unreachable(what, cause);
  }
  if ((rest + decoder.decode()).trim() !== "") throw foreignAnswer(what, "it ends in the middle of a line");
}
