/** Writes lines in the order that they come, those of one turn of the loop together: a thousand clusters that join are a thousand lines. */
export interface Lines {
  readonly write: (line: string) => void;
  /** Writes what is there, now. */
  readonly flush: () => void;
}

export function newLines(write: (text: string) => void): Lines {
  let text = "";
  const flush = (): void => {
    const all = text;
    text = "";
    if (all !== "") write(all);
  };
  return {
    flush,
    write(line) {
      if (text === "") setImmediate(flush);
      text += line;
    },
  };
}
