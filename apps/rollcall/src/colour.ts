import { styleText } from "node:util";

/** Paints a piece of text, or leaves it as it is. */
export type Paint = (style: "red" | "green" | "yellow" | "bold" | "dim", text: string) => string;

/** For files, pipes and whoever asked for none. */
export const uncoloured: Paint = (_, text) => text;

/** For terminals. */
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

export interface Canvas {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What was asked for counts first; else a terminal has colours, unless NO_COLOR says that it is to have none. */
export function paintFor(flags: Readonly<Record<string, unknown>>, { isTTY, env }: Canvas): Paint {
  if (flags["no-color"] === true) return uncoloured;
  if (flags["color"] === true) return coloured;
  return isTTY && !env["NO_COLOR"] ? coloured : uncoloured;
}
