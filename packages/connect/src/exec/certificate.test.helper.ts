import { generateKeyPairSync, sign } from "node:crypto";

/** A client certificate that vouches for itself from one day to another, and its key; made here so that no key lies in the tree. */
export function selfSigned(from: string, to: string): { readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [sequence, integer, time, bits] = [0x30, 0x02, 0x18, 0x03];
  const ecdsaWithSha256 = der(sequence, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const name = der(sequence, der(0x31, der(sequence, der(0x06, "\x55\x04\x03"), der(0x0c, "rollcall"))));
  const validity = der(sequence, ...[from, to].map((day) => der(time, `${day.replaceAll("-", "")}000000Z`)));
  const spki = publicKey.export({ type: "spki", format: "der" });
  const toBeSigned = der(sequence, der(integer, "\x01"), ecdsaWithSha256, name, validity, name, spki);
  const whole = der(sequence, toBeSigned, ecdsaWithSha256, der(bits, "\x00", sign("sha256", toBeSigned, privateKey)));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** One DER element. */
function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
  const length = body.length < 128 ? Buffer.of(body.length) : Buffer.of(0x82, body.length >> 8, body.length & 255);
  return Buffer.concat([Buffer.of(tag), length, body]);
}
