import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Keeps count of a server's connections. Gives a way to end it: at once where nobody is being answered, and elsewhere within so many milliseconds. */
export function drainOf(server: Server, isTls: boolean): (within: number) => Promise<void> {
  const raw = new Set<Socket>();
  const speaking = new Set<Socket>();
  const busy = new Map<ServerResponse, Socket>();
  const keep = (set: Set<Socket>) => (socket: Socket) => {
    set.add(socket);
    socket.once("close", () => set.delete(socket));
  };
  let isStopping = false;
  server.on("connection", keep(raw));
  server.on(isTls ? "secureConnection" : "connection", keep(speaking));
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    busy.set(response, socket);
    if (isStopping) response.setHeader("connection", "close");
    response.once("close", () => {
      busy.delete(response);
      if (isStopping) socket.end();
    });
  });

  return async (within) => {
    isStopping = true;
    const closed = once(server, "close");
    server.close();
    const answered = new Set(busy.values());
    for (const socket of speaking) if (!answered.has(socket)) socket.destroy();
    for (const response of busy.keys()) if (!response.headersSent) response.setHeader("connection", "close");
    const late = setTimeout(() => {
      for (const socket of raw) socket.destroy();
    }, within);
    await closed;
    clearTimeout(late);
  };
}
