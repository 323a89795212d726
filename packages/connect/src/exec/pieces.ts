const [shortest, longestPiece] = [4, 64 * 1024];
/** Of what was printed, and of what others are made of: whoever prints a hundred thousand secrets does not make us look for each. */
const [mostPrinted, mostPartsOfOne, mostParts] = [100, 200, 1000];

/** What there is to look for. */
export interface Known {
  /** With all that they are made of. */
  readonly secrets: readonly string[];
  /** Only as they are: what they are made of everybody may know. */
  readonly whole?: readonly string[];
  /** What was printed where secrets belong. */
  readonly printed?: string;
}

/** Every piece of text that is not to be seen: secrets, their lines, who logs in at a URL, the parts of what is composed, and all of that in base64. */
export function piecesOf({ secrets, whole = [], printed = "" }: Known): readonly string[] {
  const parts = secrets.flatMap(partsOf).slice(0, mostParts);
  const texts = [
    ...[...secrets, ...whole, ...parts].flatMap((each) => [each, ...each.split("\n"), ...usersIn(each)]),
    ...tokensIn(printed),
  ];
  const known = [...new Set(texts)].flatMap((each) => (isPiece(each) ? [each, ...inBase64(each)] : []));
  return [...new Set(known.filter(isPiece))];
}

/** What is shorter is part of any other word, and what is longer nobody complains with. */
function isPiece({ length }: string): boolean {
  return length >= shortest && length <= longestPiece;
}

/** The texts in JSON, and what stands between the signs by which settings are put together. */
function partsOf(secret: string): readonly string[] {
  const texts = textsInJson(secret);
  const composed = texts.length > 0 ? texts : [secret];
  return [...texts, ...composed.flatMap((each) => each.split(/[=;,"']/, mostPartsOfOne))].filter(isPiece).slice(0, mostPartsOfOne);
}

function textsInJson(text: string): readonly string[] {
  const texts: string[] = [];
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === "string") texts.push(value);
      return value;
    });
  } catch {
    // It is no JSON, or as deep as no setting is.
  }
  return texts;
}

function usersIn(secret: string): readonly string[] {
  const { username = "", password = "" } = URL.parse(secret) ?? {};
  return [username, password];
}

/** The tokens that an answer holds, also where the rest of it is broken; all of them go before the lines of one. */
function tokensIn(answer: string): readonly string[] {
  const found = [...answer.matchAll(/"token"\s*:\s*"((?:[^"\\]|\\.)*)/g)].slice(0, 10).map(([, token]) => token!);
  return [...found, ...found.flatMap((token) => unescaped(token).split("\n", mostPrinted))].slice(0, mostPrinted);
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** In the midst of something longer a text begins at one of three places of a group. What it shares with its neighbours there is left out. */
function inBase64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const all = [0, 1, 2].map((before) => {
    const groups = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return groups.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
  });
  return [...all, ...all.map((each) => each.replaceAll("+", "-").replaceAll("/", "_"))];
}
