import { generateKeyPairSync, sign } from "node:crypto";

/** A certificate with its key, both PEM. */
export interface LoopbackCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for this machine alone that vouches for itself: whoever trusts it as a CA trusts its server. Made anew each time, so that no key lies in the tree. */
export function loopbackCertificate(): LoopbackCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(element(tag.objectId, Buffer.from("2a8648ce3d040302", "hex")));
  const name = sequence(element(tag.set, sequence(element(tag.objectId, "\x55\x04\x03"), element(tag.text, "localhost"))));
  const validity = sequence(element(tag.time, "20200101000000Z"), element(tag.time, "99991231235959Z"));
  const hosts = sequence(element(tag.dnsName, "localhost"), element(tag.address, Buffer.of(127, 0, 0, 1)));
  const toBeSigned = sequence(
    element(tag.version, element(tag.integer, "\x02")),
    element(tag.integer, "\x01"),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    element(tag.extensions, sequence(sequence(element(tag.objectId, "\x55\x1d\x11"), element(tag.octets, hosts)))),
  );
  const whole = sequence(toBeSigned, ecdsaWithSha256, element(tag.bits, "\x00", sign("sha256", toBeSigned, privateKey)));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** The parts of X.509 that are needed here, by their DER tags. */
const tag = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  objectId: 0x06,
  text: 0x0c,
  time: 0x18,
  set: 0x31,
  dnsName: 0x82,
  address: 0x87,
  version: 0xa0,
  extensions: 0xa3,
} as const;

function sequence(...parts: readonly (Buffer | string)[]): Buffer {
  return element(0x30, ...parts);
}

function element(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
  return Buffer.concat([Buffer.of(tag), lengthOf(body), body]);
}

/** In as few bytes as will do, or Go takes it for no certificate. */
function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}
