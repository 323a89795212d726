import { readFile } from "node:fs/promises";
import { RollcallError } from "@rollcall/contract";
import { parse, YAMLParseError } from "yaml";
import type { RunExec } from "./exec.ts";
import { besideFile, fieldsOf, listOf, textOf, wrong, type Entry } from "./kubeconfig-entry.ts";
import { loginOf, type Credentials } from "./login.ts";
import { reread } from "./reread.ts";
import type { ServerConfig, Trust } from "./server.ts";

/** A kubeconfig as it was read. */
export interface KubeconfigFile {
  readonly path: string;
  readonly text: string;
}

interface Entries {
  readonly context: Entry;
  readonly cluster: Entry;
  readonly user: Entry;
}

/** One context of one or more kubeconfigs, of which the first that says a thing counts; what we cannot do with it is an error that names the field. */
export async function fromKubeconfig(
  read: () => Promise<readonly KubeconfigFile[]>,
  { context: name, exec }: { readonly context?: string | undefined; readonly exec?: RunExec | undefined },
): Promise<ServerConfig> {
  const { context, cluster, user } = entriesOf(await read(), name);
  const server = place(cluster);
  const written = reread<Credentials>(async () => {
    const now = entriesOf(await read(), name);
    // Our login is for the server that was named first; another one is for whoever starts the program to choose.
    if (place(now.cluster).url !== server.url) throw wrong(now.cluster.path, "clusters[].cluster.server", "is another one than it was");
    return { ...(await readTrust(now)), token: textOf(now.user.fields["token"]) };
  });
  const namespace = textOf(context.fields["namespace"]);
  const { token: _, ...trust } = await written();
  const found = { ...server, ...trust, ...(namespace !== undefined && { namespace }) };
  return { ...found, ...loginOf({ user, cluster, server: found, written, exec }) };
}

function entriesOf(files: readonly KubeconfigFile[], name: string | undefined): Entries {
  const all = files.map(({ path, text }): Entry => ({ path, fields: fieldsOf(parseYaml(path, text)) }));
  const current = name ?? all.map(({ fields }) => textOf(fields["current-context"])).find((each) => each !== undefined);
  if (current === undefined || current === "") throw wrong(pathsOf(all), "current-context", "is empty; name a context");
  const context = named(all, "contexts", current, "context");
  return {
    context,
    cluster: named(all, "clusters", context.fields["cluster"], "cluster"),
    user: named(all, "users", context.fields["user"], "user"),
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

function named(files: readonly Entry[], list: string, name: unknown, inner: string): Entry {
  for (const { path, fields } of files) {
    const found = listOf(fields[list])
      .map(fieldsOf)
      .find((entry) => entry["name"] === name);
    if (found !== undefined) return { path, fields: fieldsOf(found[inner]) };
  }
  throw wrong(pathsOf(files), list, `has no entry named ${JSON.stringify(name)}`);
}

/** Where the server is, and how to get there. */
function place({ path, fields }: Entry): Pick<ServerConfig, "url" | "insecure" | "proxy"> {
  const url = textOf(fields["server"]);
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw wrong(path, "clusters[].cluster.server", "is not an http or https URL");
  const proxy = textOf(fields["proxy-url"]);
  if (proxy !== undefined && !/^(?:https?|socks5):$/.test(URL.parse(proxy)?.protocol ?? ""))
    throw wrong(path, "proxy-url", "is not an http, https or socks5 URL");
  return {
    url: url.replace(/\/+$/, ""),
    ...(fields["insecure-skip-tls-verify"] === true && { insecure: true }),
    ...(proxy !== undefined && { proxy }),
  };
}

async function readTrust({ cluster, user }: Entries): Promise<Trust> {
  const [ca, certificate, key] = await Promise.all([
    pem(cluster, "certificate-authority"),
    pem(user, "client-certificate"),
    pem(user, "client-key"),
  ]);
  // Half a login would be sent as none, and half a trust would be none: kubectl refuses both, too.
  if (certificate !== undefined && key === undefined) throw wrong(user.path, "client-certificate", "has no client-key beside it");
  if (certificate === undefined && key !== undefined) throw wrong(user.path, "client-key", "has no client-certificate beside it");
  if (cluster.fields["insecure-skip-tls-verify"] === true && ca !== undefined)
    throw wrong(cluster.path, "insecure-skip-tls-verify", "is set although there is a certificate-authority; take one out");
  const tlsName = textOf(cluster.fields["tls-server-name"]);
  return {
    ...(ca !== undefined && { ca }),
    ...(tlsName !== undefined && { tlsName }),
    ...(certificate !== undefined && key !== undefined && { clientCertificate: { certificate, key } }),
  };
}

async function pem({ path, fields }: Entry, key: string): Promise<string | undefined> {
  const data = textOf(fields[`${key}-data`]);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const file = textOf(fields[key]);
  if (file === undefined) return undefined;
  try {
    return await readFile(besideFile(path, file), "utf8");
  } catch (cause) {
    throw new RollcallError("BadKubeconfig", `${path}: ${key} names ${file}, which cannot be read`, { retry: false, cause });
  }
}

function pathsOf(files: readonly Entry[]): string {
  return files.map(({ path }) => path).join(", ");
}
