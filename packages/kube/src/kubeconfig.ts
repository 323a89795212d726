import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { RollcallError } from "@rollcall/contract";
import { parse } from "yaml";
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
  if (url === undefined || URL.parse(url) === null) throw wrong(path, "clusters[].cluster.server", "is not a URL");
  for (const key of ["exec", "auth-provider", "username", "proxy-url"]) {
    const where = key === "proxy-url" ? cluster : user;
    if (where[key] !== undefined) throw wrong(path, key, "is not supported yet; use a token, a token file or a client certificate");
  }

  const folder = dirname(path);
  const ca = await pem(folder, cluster, "certificate-authority");
  const certificate = await pem(folder, user, "client-certificate");
  const key = await pem(folder, user, "client-key");
  const token = textOf(user["token"]);
  const tokenPath = textOf(user["tokenFile"]);
  const tlsName = textOf(cluster["tls-server-name"]);
  const namespace = textOf(context["namespace"]);
  return {
    url: url.replace(/\/+$/, ""),
    ...(ca !== undefined && { ca }),
    ...(tlsName !== undefined && { tlsName }),
    ...(cluster["insecure-skip-tls-verify"] === true && { insecure: true }),
    ...(certificate !== undefined && key !== undefined && { clientCertificate: { certificate, key } }),
    ...(token !== undefined && { token: () => Promise.resolve(token) }),
    ...(token === undefined && tokenPath !== undefined && { token: tokenFile(from(folder, tokenPath)) }),
    ...(namespace !== undefined && { namespace }),
  };
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 10 });
  } catch (cause) {
    throw new RollcallError("BadKubeconfig", `${path} is not YAML: ${String(cause)}`, { retry: false, cause });
  }
}

function named(path: string, file: Fields, list: string, name: unknown, inner: string): Fields {
  const entries = Array.isArray(file[list]) ? file[list].map(fields) : [];
  const found = entries.find((entry) => entry["name"] === name);
  if (found === undefined) throw wrong(path, list, `has no entry named ${JSON.stringify(name)}`);
  return fields(found[inner]);
}

async function pem(folder: string, source: Fields, key: string): Promise<string | undefined> {
  const data = textOf(source[`${key}-data`]);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const path = textOf(source[key]);
  return path === undefined ? undefined : readFile(from(folder, path), "utf8");
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
