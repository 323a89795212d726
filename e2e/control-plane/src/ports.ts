import { createServer } from "node:net";

// Below the range that systems hand out for outgoing connections: a port from there could be taken while its program is down between
// a kill and a restart, even by a client that keeps trying to connect to it.
const lowest = 20_000;
const highest = 29_999;

/** A TCP port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
