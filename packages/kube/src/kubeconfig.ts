import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { RollcallError } from "@rollcall/contract";
import { parse, YAMLParseError } from "yaml";
import type { ServerConfig } from "./server.ts";
import { tokenFile } from "./token-file.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Reads one context of a kubeconfig; what we cannot do with it is an error that names the field. */
export async function fromKubeconfig(path: string, text: string, contextName?: string): Promise<ServerConfig> {
  const file = fields(parseYaml(path, text));
  const name = contextName ?? file["current-context"];
  if (typeof name !== "string" || name === "") throw wrong(path, "current-context", "is empty; name a context");
  const context = named(path, file, "contexts", name, "context");
  const cluster = named(path, file, "clusters", context["cluster"], "cluster");
  const user = named(path, file, "users", context["user"], "user");

  const url = textOf(cluster["server"]);
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw wrong(path, "clusters[].cluster.server", "is not an http or https URL");
  for (const key of ["exec", "auth-provider", "username", "as", "as-uid", "as-groups", "as-user-extra"])
    if (user[key] !== undefined) throw wrong(path, key, "is not supported yet; use a token, a token file or a client certificate");
  if (cluster["proxy-url"] !== undefined) throw wrong(path, "proxy-url", "is not supported yet; name a server that is reached directly");

  const folder = dirname(path);
  const ca = await pem(path, cluster, "certificate-authority");
  const certificate = await pem(path, user, "client-certificate");
  const key = await pem(path, user, "client-key");
  const insecure = cluster["insecure-skip-tls-verify"] === true;
  // Half a login would be sent as none, and half a trust would be none: kubectl refuses both, too.
  if (certificate !== undefined && key === undefined) throw wrong(path, "client-certificate", "has no client-key beside it");
  if (certificate === undefined && key !== undefined) throw wrong(path, "client-key", "has no client-certificate beside it");
  if (insecure && ca !== undefined)
    throw wrong(path, "insecure-skip-tls-verify", "is set although there is a certificate-authority; take one out");
  const token = textOf(user["token"]);
  const tokenPath = textOf(user["tokenFile"]);
  const tlsName = textOf(cluster["tls-server-name"]);
  const namespace = textOf(context["namespace"]);
  return {
    url: url.replace(/\/+$/, ""),
    ...(ca !== undefined && { ca }),
    ...(tlsName !== undefined && { tlsName }),
    ...(insecure && { insecure }),
    ...(certificate !== undefined && key !== undefined && { clientCertificate: { certificate, key } }),
    // As in kubectl, what is read from the file goes before the token beside it.
    ...(tokenPath !== undefined && { token: tokenFile(from(folder, tokenPath), token) }),
    ...(tokenPath === undefined && token !== undefined && { token: () => Promise.resolve(token) }),
    ...(namespace !== undefined && { namespace }),
  };
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 10, prettyErrors: false, logLevel: "error" });
  } catch (error) {
    // The parser's own words quote the line that it stopped at, and a token may stand there.
    const at = error instanceof YAMLParseError ? `: ${error.code} in line ${text.slice(0, error.pos[0]).split("\n").length}` : "";
    throw new RollcallError("BadKubeconfig", `${path} is not YAML${at}`, { retry: false });
  }
}

function named(path: string, file: Fields, list: string, name: unknown, inner: string): Fields {
  const entries = Array.isArray(file[list]) ? file[list].map(fields) : [];
  const found = entries.find((entry) => entry["name"] === name);
  if (found === undefined) throw wrong(path, list, `has no entry named ${JSON.stringify(name)}`);
  return fields(found[inner]);
}

async function pem(path: string, source: Fields, key: string): Promise<string | undefined> {
  const data = textOf(source[`${key}-data`]);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const file = textOf(source[key]);
  if (file === undefined) return undefined;
  try {
    return await readFile(from(dirname(path), file), "utf8");
  } catch (cause) {
    throw new RollcallError("BadKubeconfig", `${path}: ${key} names ${file}, which cannot be read`, { retry: false, cause });
  }
}

function from(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function wrong(path: string, field: string, why: string): RollcallError {
  return new RollcallError("BadKubeconfig", `${path}: ${field} ${why}`, { retry: false });
}
