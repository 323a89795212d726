import { Hidden, RollcallError } from "@rollcall/contract";
import type { ExecCredential } from "./exec.ts";
import { within } from "./request.ts";

const patience = 30_000;

/** A login by one of the ways that only client-node knows. It is loaded when it is needed first: it is large, and few need it. */
export function clientNodeLogin(user: object, what: string): (isRefused: boolean) => Promise<ExecCredential> {
  let config: ReturnType<typeof load> | undefined;
  return async (isRefused) => {
    // What a plugin gave once is kept in there until it expires, whatever the server says of it.
    if (isRefused && "exec" in user) config = undefined;
    const loaded = await (config ??= load(user, what));
    const options: LoginOptions = {};
    try {
      await within(patience, undefined, () => loaded.applyToHTTPSOptions(options));
    } catch {
      // Its errors carry what the plugin printed, and a token may stand there.
      throw new RollcallError("NoLogin", `${what} gave no login; try it with kubectl to see why`, { retry: true });
    }
    const { headers, cert, key } = options;
    const [, token] = /^Bearer (.+)$/.exec(headers?.["Authorization"] ?? "") ?? [];
    return {
      ...(token !== undefined && { token: new Hidden(token) }),
      ...(cert && key && { clientCertificate: { certificate: cert.toString(), key: new Hidden(key.toString()) } }),
    };
  };
}

/** What client-node fills in of a request's options. */
interface LoginOptions {
  headers?: Record<string, string>;
  cert?: string | Buffer;
  key?: string | Buffer;
}

async function load(user: object, what: string): Promise<{ applyToHTTPSOptions(options: LoginOptions): Promise<void> }> {
  const clientNode = await import("@kubernetes/client-node").catch((cause: unknown) => {
    const todo = "install it beside Rollcall, or use a token, a token file or a client certificate";
    throw new RollcallError("NoClientNode", `${what} needs the package @kubernetes/client-node; ${todo}`, { retry: false, cause });
  });
  const config = new clientNode.KubeConfig();
  const names = { cluster: "login", user: "login" };
  config.loadFromString(
    JSON.stringify({
      clusters: [{ name: "login", cluster: { server: "https://login.invalid" } }],
      users: [{ name: "login", user }],
      contexts: [{ name: "login", context: names }],
      "current-context": "login",
    }),
  );
  return config;
}
