import { generateKeyPairSync, sign } from "node:crypto";

/** A certificate with its key, both PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for a host name, and for an IPv4 address if one is given, that vouches for itself; made here so that no key lies in the tree. */
export function selfSigned(host: string, address?: string): Pair {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [sequence, set, objectId, text, octets] = [0x30, 0x31, 0x06, 0x0c, 0x04];
  const ecdsaWithSha256 = der(sequence, der(objectId, Buffer.from("2a8648ce3d040302", "hex")));
  const name = der(sequence, der(set, der(sequence, der(objectId, "\x55\x04\x03"), der(text, host))));
  const validity = der(sequence, der(0x18, "20200101000000Z"), der(0x18, "99991231235959Z"));
  const names = [der(0x82, host), ...(address === undefined ? [] : [der(0x87, Buffer.from(address.split(".").map(Number)))])];
  const hostNames = der(sequence, der(objectId, "\x55\x1d\x11"), der(octets, der(sequence, ...names)));
  const toBeSigned = der(
    sequence,
    der(0xa0, der(0x02, "\x02")),
    der(0x02, "\x01"),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(sequence, hostNames)),
  );
  const whole = der(sequence, toBeSigned, ecdsaWithSha256, der(0x03, "\x00", sign("sha256", toBeSigned, privateKey)));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** One DER element. */
function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
  const length = body.length < 128 ? Buffer.of(body.length) : Buffer.of(0x82, body.length >> 8, body.length & 255);
  return Buffer.concat([Buffer.of(tag), length, body]);
}
