import { once } from "node:events";
import { createServer } from "node:http";
import { RollcallError } from "@rollcall/contract";

/** What a cluster and its operators may ask of a running Rollcall. */
export interface Asked {
  readonly isReady: () => boolean;
  readonly metrics: () => string;
}

/** Answers `/healthz`, `/readyz` and `/metrics`: nothing secret, nothing that changes anything. */
export async function listen(address: string, { isReady, metrics }: Asked): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { host, port } = addressOf(address);
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, text: string): void =>
      void response.writeHead(status, { "content-type": type }).end(text);
    const path = request.url?.split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "text/plain", "only GET is answered here\n");
    if (path === "/healthz") return answer(200, "text/plain", "ok\n");
    if (path === "/readyz")
      return isReady() ? answer(200, "text/plain", "ok\n") : answer(503, "text/plain", "not every list has been gone through yet\n");
    if (path === "/metrics") return answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics());
    return answer(404, "text/plain", "there are /healthz, /readyz and /metrics\n");
  });
  server.headersTimeout = 5000;
  server.requestTimeout = 10_000;
  server.maxConnections = 100;
  server.listen(port, host);
  await once(server, "listening").catch((cause: unknown) => {
    throw new RollcallError("CannotListen", `cannot listen on ${address}: ${String(cause)}; name another address in metrics.listen`, {
      retry: false,
      cause,
    });
  });
  const at = server.address();
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${typeof at === "object" && at !== null ? at.port : port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Whether somebody can be told to listen there. */
export function isAddress(address: string): boolean {
  return parts(address) !== undefined;
}

/** `host:port`, `[::1]:port` or `:port` for every address. */
function parts(address: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(address) ?? [];
  return port === undefined || Number(port) > 65_535 ? undefined : { host: bracketed ?? (plain || "0.0.0.0"), port: Number(port) };
}

/** The host and port to listen on. */
export function addressOf(address: string): { readonly host: string; readonly port: number } {
  const found = parts(address);
  if (found !== undefined) return found;
  throw new RollcallError("BadAddress", `"${address}" is no address; write host:port, such as 127.0.0.1:9090`, { retry: false });
}
