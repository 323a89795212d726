import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Pair } from "./certificate.test.helper.ts";

/** Who asked, as the server sees it, and by which name it was called. */
export interface Who {
  readonly user: string;
  readonly name: unknown;
}

/** A server over TLS that says who asked, gone when the test's block ends. */
export interface Secure extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Connections that were made so far. */
  connections(): number;
  /** From now on it shows another certificate; connections stay as they are. */
  rotate(pair: Pair): void;
  /** Cuts every connection. */
  cut(): void;
}

const says = (response: ServerResponse, who: Who): void =>
  void response.setHeader("content-type", "application/json").end(`${JSON.stringify(who)}\n`);

export async function secure(
  pair: Pair,
  clients: readonly Pair[] = [],
  answer: (response: ServerResponse, who: Who) => void = says,
): Promise<Secure> {
  const context = ({ certificate, key }: Pair) => ({ cert: certificate, key, ca: clients.map((each) => each.certificate) });
  const server = createServer({ ...context(pair), requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const socket = request.socket as TLSSocket;
    const { subject } = socket.getPeerCertificate() as { subject?: { CN: string } };
    answer(response, { user: socket.authorized ? subject!.CN : "anonymous", name: socket.servername });
  });
  let connections = 0;
  server.on("secureConnection", () => (connections += 1));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    connections: () => connections,
    rotate: (next) => server.setSecureContext(context(next)),
    cut: () => server.closeAllConnections(),
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
