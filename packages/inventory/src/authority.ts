import { fromBase64, isCertificates, type Refusal, refusal } from "@rollcall/contract";
import { text } from "./json.ts";

/** How a server is to be trusted: by a CA, by the system's roots (neither), or not at all. */
export interface Authority {
  readonly ca?: string;
  readonly insecure?: true;
}

// Far above any bundle of roots; every consumer that is given it keeps it in memory, and a Secret holds 1 MiB.
const longestData = 512 * 1024;

/** Reads the CA of a profile's `cluster`, or says why it cannot be trusted with a connection. */
export function authorityOf(cluster: Readonly<Record<string, unknown>>): Authority | Refusal {
  const data = cluster["certificate-authority-data"];
  const hasData = data !== undefined && data !== null && data !== "";
  if (cluster["insecure-skip-tls-verify"] === true) {
    // client-go and Argo CD refuse the two together, and which of them was meant is not ours to guess.
    if (hasData) return refusal("InsecureWithCa", "it has both a CA and insecure-skip-tls-verify; take one of them out of the profile");
    return { insecure: true };
  }
  if (hasData) return certificates(data);
  if (text(cluster["certificate-authority"]) === undefined) return {};
  return refusal(
    "CaIsAPath",
    "its certificate-authority is a path on someone else's disk; publish the certificates in certificate-authority-data",
  );
}

function certificates(data: unknown): Authority | Refusal {
  if (typeof data !== "string")
    return refusal("CaNotCertificates", "its certificate-authority-data is no text; publish base64 of PEM certificates");
  if (data.length > longestData)
    return refusal("CaTooLong", `its certificate-authority-data has ${data.length} characters; publish only the CA of this cluster`);
  if (data.includes("-----BEGIN"))
    return refusal("CaNotBase64", "its certificate-authority-data is PEM as it stands; the profile has to carry it in base64");
  const decoded = fromBase64(data);
  if (decoded === undefined)
    return refusal(
      "CaNotCertificates",
      "its certificate-authority-data is not base64 of PEM certificates; publish the CA of this cluster that way",
    );
  if (isCertificates(decoded)) return { ca: decoded };
  if (fromBase64(decoded)?.includes("-----BEGIN"))
    return refusal("CaEncodedTwice", "its certificate-authority-data is base64 of base64; its cluster manager has to encode the PEM once");
  return refusal("CaNotCertificates", "its certificate-authority-data decodes, but to no PEM certificates; publish the CA of this cluster");
}
