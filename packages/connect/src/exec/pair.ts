import { createPrivateKey, X509Certificate } from "node:crypto";
import { isCertificates } from "@rollcall/contract";

const mostText = 64 * 1024;
const mostCertificates = 20;
const oneKey = /^\s*-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----\r?\n[A-Za-z0-9+/=\s]+-----END \1-----\s*$/;

/** When a client certificate ends, in milliseconds, or what is wrong with it or its key. */
export function readPair(certificate: string, key: string): number | string {
  if (certificate.length > mostText || key.length > mostText) return `its client certificate or key has more than ${mostText} characters`;
  if (certificate.split("-----BEGIN ").length - 1 > mostCertificates) return `it has more than ${mostCertificates} client certificates`;
  if (!isCertificates(certificate)) return "its client certificate is no PEM of certificates";
  if (!oneKey.test(key)) return "its client key is not the PEM of one private key";
  try {
    // The first is the client's own, those after it vouch for it.
    const first = new X509Certificate(certificate);
    if (!first.checkPrivateKey(createPrivateKey(key))) return "its client key belongs to another certificate";
    const ends = Date.parse(first.validTo);
    return Number.isNaN(ends) ? "its client certificate does not say when it ends" : ends;
  } catch {
    return "its client certificate or key cannot be read";
  }
}
