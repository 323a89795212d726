import { createSecureContext } from "node:tls";
import { RollcallError } from "@rollcall/contract";
import type { Log } from "../log.ts";
import { follow, type Content } from "./follow.ts";

/** A certificate and its key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Where they lie. */
  readonly files: KeyPair;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly every?: number;
  /** Gets every pair that comes after the first. */
  readonly renewed: (pair: KeyPair) => void;
}

/** Reads a certificate and follows it. One that is no good is said, and the one before it stays. */
export async function certificateFrom({ files, log, signal, every, renewed }: CertificateOptions): Promise<KeyPair> {
  let first: KeyPair | undefined;
  let wrong: string | undefined;
  const take = (contents: readonly Content[]): void => {
    const pair = pairOf(contents);
    wrong = typeof pair === "string" ? pair : undefined;
    if (typeof pair === "string") {
      if (first !== undefined) log("error", "certificate refused", { ...files, problem: pair, then: "the one before it stays" });
    } else if (first === undefined) first = pair;
    else {
      renewed(pair);
      log("info", "certificate read again", { ...files });
    }
  };
  await follow({ files: [files.cert, files.key], take, signal, ...(every !== undefined && { every }) });
  if (first !== undefined) return first;
  throw new RollcallError(
    "BadCertificate",
    `${files.cert} and ${files.key} of serve.tls cannot be used: ${wrong}; name a certificate and its key, both PEM`,
    {
      retry: false,
    },
  );
}

/** The pair, or why it is none. */
function pairOf(contents: readonly Content[]): KeyPair | string {
  const [cert, key] = contents as readonly [Content, Content];
  if ("unread" in cert) return `the certificate cannot be read (${cert.unread})`;
  if ("unread" in key) return `the key cannot be read (${key.unread})`;
  const pair = { cert: cert.text, key: key.text };
  try {
    createSecureContext(pair);
    return pair;
  } catch (error) {
    // OpenSSL names the rule that is broken, and nothing of the key.
    return (error as NodeJS.ErrnoException).code ?? "they do not go together";
  }
}
