import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { loopbackCertificate } from "@rollcall/testing";

/** Somebody's server with a certificate of its own, waiting for whatever is sent to it. */
export interface Bait {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** All that was ever said to it, handshakes aside. */
  readonly heard: () => string;
  stop(): Promise<void>;
}

/** What it says to a request. */
export type Answers = (request: string) => string;

/** Starts one that answers each request so. */
export async function startBait(answers: Answers = () => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"): Promise<Bait> {
  const { certificate, key } = loopbackCertificate();
  const sockets = new Set<TLSSocket>();
  let heard = "";
  const listener = createServer({ cert: certificate, key }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      heard += chunk.toString();
      socket.end(answers(chunk.toString()));
    });
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  return {
    server: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    ca: certificate,
    heard: () => heard,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
