import { clientNodeLogin } from "./client-node.ts";
import type { ExecCredential, ExecSpec, RunExec } from "./exec.ts";
import { besideFile, fieldsOf, listOf, textOf, wrong, type Entry } from "./kubeconfig-entry.ts";
import { aMinute, reread } from "./reread.ts";
import type { ServerConfig, Trust } from "./server.ts";
import { tokenFile } from "./token-file.ts";

/** What we log in with and what we trust, as it was read or given at one moment. */
export interface Credentials extends Trust {
  readonly token?: string | undefined;
  readonly expiresAt?: string | undefined;
}

type Login = Required<Pick<ServerConfig, "token" | "trust">>;

export interface LoginInput {
  readonly user: Entry;
  readonly cluster: Entry;
  readonly server: ServerConfig;
  /** What stands in the kubeconfig itself, or in certificate files that it names. */
  readonly written: (refused?: Credentials) => Promise<Credentials>;
  readonly exec?: RunExec | undefined;
}

/** How a kubeconfig's user logs in. */
export function loginOf({ user, cluster, server, written, exec }: LoginInput): Login & Pick<ServerConfig, "headers"> {
  const { path, fields } = user;
  const headers = { ...basic(user), ...impersonation(user) };
  const other = Object.keys(headers).length > 0 && { headers };
  const login = loginFrom(written);
  if (fields["exec"] !== undefined && exec !== undefined) {
    const spec = execSpec(user, cluster, server);
    return {
      ...other,
      ...loginFrom(
        askedFor(() => exec(spec), untilExpiry),
        login.trust,
      ),
    };
  }
  for (const key of ["exec", "auth-provider"])
    if (fields[key] !== undefined)
      return {
        ...other,
        ...loginFrom(
          askedFor(clientNodeLogin(fields, `${path}: ${key}`), () => aMinute),
          login.trust,
        ),
      };
  const file = textOf(fields["tokenFile"]);
  // As in kubectl, what is read from the file goes before the token beside it.
  return { ...other, ...login, ...(file !== undefined && { token: tokenFile(besideFile(path, file), textOf(fields["token"])) }) };
}

/** A login from what is read as one: a refused token makes it to be read again, as a failed connection does, unless what is trusted comes from elsewhere. */
function loginFrom(read: (refused?: Credentials) => Promise<Credentials>, trust?: Login["trust"]): Login {
  let last: Credentials | undefined;
  return {
    async token(refused) {
      last = await read(refused !== undefined && refused === (last?.token ?? "") ? last : undefined);
      return last.token;
    },
    async trust(failed) {
      if (trust === undefined) return (last = await read(failed && last));
      // A server that is away is no reason to run a plugin again.
      const [other, { clientCertificate }] = await Promise.all([trust(failed), read()]);
      return { ...other, ...(clientCertificate && { clientCertificate }) };
    },
  };
}

/** A credential that has to be asked for; asked again when its time is over, and when the server refused it. */
function askedFor(
  ask: (isRefused: boolean) => Promise<ExecCredential>,
  lasts: (credentials: Credentials) => number,
): (refused?: Credentials) => Promise<Credentials> {
  return reread<Credentials>(
    async (isRefused) => {
      const { token, clientCertificate: pair, expiresAt } = await ask(isRefused);
      return {
        token: token?.reveal(),
        ...(pair && { clientCertificate: { certificate: pair.certificate, key: pair.key.reveal() } }),
        expiresAt,
      };
    },
    { lasts },
  );
}

/** A credential is renewed when four fifths of its time are over. */
function untilExpiry({ expiresAt }: Credentials): number {
  const left = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt) - Date.now();
  return Number.isNaN(left) ? Number.POSITIVE_INFINITY : left * 0.8;
}

function basic({ path, fields }: Entry): Record<string, string> {
  const name = textOf(fields["username"]);
  if (name === undefined) return {};
  for (const key of ["token", "tokenFile", "exec", "auth-provider"])
    if (fields[key] !== undefined) throw wrong(path, "username", `is set beside ${key}; take one out`);
  return { authorization: `Basic ${Buffer.from(`${name}:${textOf(fields["password"]) ?? ""}`).toString("base64")}` };
}

/** To ignore a part of it would be to act with other rights than were meant. */
function impersonation({ path, fields }: Entry): Record<string, string | string[]> {
  const [user, uid] = [textOf(fields["as"]), textOf(fields["as-uid"])];
  if (user === undefined) {
    for (const key of ["as-uid", "as-groups", "as-user-extra"]) if (fields[key] !== undefined) throw wrong(path, key, "is set without as");
    return {};
  }
  const extra = Object.entries(fieldsOf(fields["as-user-extra"]));
  const groups = listOf(fields["as-groups"]).map(String);
  return {
    "impersonate-user": user,
    ...(uid !== undefined && { "impersonate-uid": uid }),
    ...(groups.length > 0 && { "impersonate-group": groups }),
    ...Object.fromEntries(extra.map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, listOf(values).map(String)])),
  };
}

function execSpec({ path, fields }: Entry, cluster: Entry, server: ServerConfig): ExecSpec {
  const exec = fieldsOf(fields["exec"]);
  const [apiVersion, command, installHint] = [textOf(exec["apiVersion"]), textOf(exec["command"]), textOf(exec["installHint"])];
  if (apiVersion === undefined || command === undefined) throw wrong(path, "exec", "has no apiVersion or no command");
  if (exec["interactiveMode"] === "Always")
    throw wrong(path, "exec", "wants to ask somebody (interactiveMode: Always); name another login");
  const env = listOf(exec["env"]).map(fieldsOf);
  return {
    apiVersion,
    command: command.includes("/") ? besideFile(path, command) : command,
    args: listOf(exec["args"]).map(String),
    env: Object.fromEntries(env.map(({ name, value }) => [String(name), String(value)])),
    ...(installHint !== undefined && { installHint }),
    ...(exec["provideClusterInfo"] === true && { cluster: clusterInfo(cluster, server) }),
  };
}

function clusterInfo({ fields }: Entry, { url, ca, tlsName, insecure, proxy }: ServerConfig): NonNullable<ExecSpec["cluster"]> {
  const extensions = listOf(fields["extensions"]).map(fieldsOf);
  const config = extensions.find(({ name }) => name === "client.authentication.k8s.io/exec")?.["extension"];
  return {
    server: url,
    ...(ca !== undefined && { ca }),
    ...(tlsName !== undefined && { tlsName }),
    ...(insecure && { insecure: true as const }),
    ...(proxy !== undefined && { proxy }),
    ...(config !== undefined && { config }),
  };
}
