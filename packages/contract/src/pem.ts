const block = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\s]+?)-----END \1-----/g;

/** Whether a text is one or more PEM certificates and nothing that pretends to be one. */
export function isCertificates(text: string): boolean {
  const blocks = [...text.matchAll(block)];
  return (
    blocks.length > 0 &&
    !hasStrayMarkers(text, blocks.length) &&
    blocks.every(([, label, body]) => label === "CERTIFICATE" && isDerSequence(body!))
  );
}

function hasStrayMarkers(text: string, expected: number): boolean {
  return (text.match(/-----BEGIN /g)?.length ?? 0) !== expected;
}

/** A certificate is one DER sequence that fills its bytes exactly: enough to catch what was cut, doubled or never one. */
function isDerSequence(body: string): boolean {
  const bytes = decode(body.replaceAll(/\s+/g, ""));
  if (bytes === undefined || bytes.length < 64 || bytes.charCodeAt(0) !== 0x30) return false;
  const first = bytes.charCodeAt(1);
  if (first < 0x80) return bytes.length === first + 2;
  const size = first & 0x7f;
  if (size < 1 || size > 4) return false;
  let length = 0;
  for (let at = 2; at < 2 + size; at += 1) length = length * 256 + bytes.charCodeAt(at);
  return bytes.length === length + 2 + size;
}

/** The bytes as a text of one character each. */
function decode(base64: string): string | undefined {
  try {
    return atob(base64);
  } catch {
    return undefined;
  }
}
