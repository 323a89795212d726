const execExtension = "client.authentication.k8s.io/exec";
const longNumber = /[:[,\s]-?\d{16,19}[\s,}\]]/;

/**
 * Reads JSON. What a cluster's profile says to a credential plugin is handed on as it stands, so whole numbers that a double cannot hold are
 * kept as BigInt where such words may be; elsewhere nobody looks at them, and a plain reading is faster.
 */
export function parseJson(text: string): unknown {
  if (!text.includes(execExtension) || !longNumber.test(text)) return JSON.parse(text) as unknown;
  try {
    return JSON.parse(text, exact) as unknown;
  } catch (error) {
    // A reviver goes as deep as the text does, and one object that is nested thousands deep must not cost everybody the list that it is in.
    if (error instanceof RangeError) return JSON.parse(text) as unknown;
    throw error;
  }
}

function exact(_: string, value: unknown, { source }: { readonly source?: string } = {}): unknown {
  // An API server keeps 64 bits; what is longer was rounded there already.
  const isRounded = typeof value === "number" && !Number.isSafeInteger(value);
  return isRounded && source !== undefined && /^-?\d{16,19}$/.test(source) ? BigInt(source) : value;
}
