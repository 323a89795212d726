import { canonicalJson, type Credential, type Endpoint, Hidden, type Refusal, refusal, toBase64 } from "@rollcall/contract";
import { readPair } from "./pair.ts";

/** What a plugin gives. */
export type Given = Pick<Credential, "token" | "clientCertificate" | "expiresAt">;

/** What a plugin is told of the cluster that it is to log in to. */
export type ClusterInfo = Endpoint & { readonly config?: unknown };

export interface Reading {
  /** The version that it was asked in, and has to answer in. */
  readonly apiVersion: string;
  readonly now: number;
  /** Milliseconds; what claims to last longer is believed to last so long. */
  readonly longestLife?: number | undefined;
}

export const execApiVersions: readonly string[] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
const kind = "ExecCredential";
const thirtyDays = 30 * 24 * 3600_000;
const longestToken = 64 * 1024;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** What a plugin reads in KUBERNETES_EXEC_INFO; nobody is there whom it could ask. */
export function execInfo(apiVersion: string, cluster?: ClusterInfo): string {
  // Canonical, because it alone writes every digit of a number that outgrows a double.
  return canonicalJson({ apiVersion, kind, spec: { ...(cluster && { cluster: clusterInfo(cluster) }), interactive: false } });
}

function clusterInfo({ server, ca, tlsName, proxy, insecure, disableCompression, config }: ClusterInfo): object {
  return {
    server,
    ...(tlsName !== undefined && { "tls-server-name": tlsName }),
    ...(insecure && { "insecure-skip-tls-verify": true }),
    ...(ca !== undefined && { "certificate-authority-data": toBase64(ca) }),
    ...(proxy !== undefined && { "proxy-url": proxy }),
    ...(disableCompression && { "disable-compression": true }),
    ...(config !== undefined && { config }),
  };
}

/** Reads what a plugin printed. A refusal says what is wrong with it and never what it holds. */
export function readAnswer(text: string, { apiVersion, now, longestLife = thirtyDays }: Reading): Given | Refusal {
  try {
    const answer = objectOf(parsed(text), "it");
    if (answer["apiVersion"] !== apiVersion) throw new Bad(`its apiVersion is ${saidVersion(answer)}, asked for was ${apiVersion}`);
    if (answer["kind"] !== kind) throw new Bad(`its kind is not ${kind}`);
    const status = objectOf(answer["status"], "its status");
    const token = tokenOf(textOf(status, "token"));
    const pair = pairOf(textOf(status, "clientCertificateData"), textOf(status, "clientKeyData"));
    if (token === undefined && pair === undefined) throw new Bad("it holds neither a token nor a client certificate");
    const ends = [endOf(status["expirationTimestamp"]), pair?.ends].filter((each) => each !== undefined);
    if (ends.some((each) => each <= now))
      return refusal("PluginExpired", "what it gave has expired already; check its clock and its cache");
    return {
      ...(token !== undefined && { token: new Hidden(token) }),
      ...(pair && { clientCertificate: { certificate: pair.certificate, key: new Hidden(pair.key) } }),
      ...(ends.length > 0 && { expiresAt: new Date(Math.min(...ends, now + longestLife)).toISOString() }),
    };
  } catch (error) {
    if (error instanceof Bad) return refusal("PluginAnswer", error.message);
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with an answer, in words of ours alone. */
class Bad extends Error {}

function parsed(text: string): unknown {
  if (text.trim() === "") throw new Bad("it is empty");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own words quote the text.
    throw new Bad("it is no JSON");
  }
}

function objectOf(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Bad(`${what} is no object`);
}

/** A text; an empty one is as good as absent, as in Go. */
function textOf(object: Fields, key: string): string | undefined {
  const value = object[key] ?? "";
  if (typeof value !== "string") throw new Bad(`its ${key} is no text`);
  return value === "" ? undefined : value;
}

function saidVersion(answer: Fields): string {
  return execApiVersions.find((each) => each === answer["apiVersion"]) ?? "another";
}

/** It becomes a header, and one with a line end in it would become two. */
function tokenOf(token: string | undefined): string | undefined {
  if (token !== undefined && token.length > longestToken) throw new Bad(`its token has more than ${longestToken} characters`);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) throw new Bad("its token holds a character that no token has");
  return token;
}

function pairOf(certificate: string | undefined, key: string | undefined): Pair | undefined {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined) throw new Bad("it has a client key without a certificate");
  if (key === undefined) throw new Bad("it has a client certificate without a key");
  const pair = readPair(certificate, key);
  if (typeof pair === "string") throw new Bad(pair);
  return { certificate, key, ends: pair };
}

interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly ends: number;
}

function endOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const end = typeof value === "string" && time.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(end)) throw new Bad("its expirationTimestamp is no RFC 3339 time");
  return end;
}
