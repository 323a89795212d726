/** However long it was before it was read: less is part of any other word. */
const shortest = 4;

/** A text as somebody may have meant it, and for each of its characters where that stands. */
interface View {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

// A long line may be wrapped, and what it holds escaped as a URL or JSON does it. What looks like an escape may also be none.
const readings: readonly RegExp[] = [/\n\s*/g, /\n\s*|(?:%[0-9A-Fa-f]{2})+|\\+u[0-9A-Fa-f]{4}|\\+[^u]/g];

/** The text with `[hidden]` in place of every piece, however it is wrapped or escaped. What was put there is not searched again. */
export function hide(text: string, pieces: readonly string[]): string {
  const isHidden = new Uint8Array(text.length + 1);
  for (const reading of readings) {
    const view = read(text, reading);
    const wanted = new Set(pieces.map((piece) => read(piece.trim(), reading).text));
    for (const piece of wanted) if (piece.length >= shortest) mark(isHidden, view, piece);
  }
  let shown = "";
  for (let at = 0; at < text.length;) {
    const end = isHidden.indexOf(isHidden[at] === 0 ? 1 : 0, at);
    const next = end < 0 ? text.length : end;
    shown += isHidden[at] === 0 ? text.slice(at, next) : "[hidden]";
    at = next;
  }
  return shown;
}

function mark(isHidden: Uint8Array, { text, starts, ends }: View, piece: string): void {
  for (let at = text.indexOf(piece); at >= 0; at = text.indexOf(piece, at + piece.length))
    isHidden.fill(1, starts[at], ends[at + piece.length - 1]);
}

function read(text: string, reading: RegExp): View {
  const [starts, ends]: [number[], number[]] = [[], []];
  let [plain, from] = ["", 0];
  const asItIs = (to: number): void => {
    plain += text.slice(from, to);
    for (let at = from; at < to; at += 1) {
      starts.push(at);
      ends.push(at + 1);
    }
  };
  for (const { 0: escape, index } of text.matchAll(reading)) {
    asItIs(index);
    from = index + escape.length;
    const meant = meaning(escape);
    plain += meant;
    for (let at = 0; at < meant.length; at += 1) {
      starts.push(index);
      ends.push(from);
    }
  }
  asItIs(text.length);
  return { text: plain, starts, ends };
}

function meaning(escape: string): string {
  if (escape.startsWith("\n")) return "";
  if (escape.startsWith("%")) return fromUrl(escape);
  const letter = escape.replace(/^\\+(?=[^])/, "");
  if (/^u[0-9A-Fa-f]{4}$/.test(letter)) return String.fromCharCode(Number.parseInt(letter.slice(1), 16));
  return letter === "n" || letter === "r" ? "" : letter;
}

function fromUrl(escape: string): string {
  try {
    return decodeURIComponent(escape);
  } catch {
    return escape;
  }
}
