import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { MemoryHub } from "@rollcall/memory-hub";

/** A way into the demo's hub for kubectl, which sends no token where there is no TLS: a local port that adds it, as `kubectl proxy` does. */
export async function openDoor({ url, token }: MemoryHub): Promise<{ readonly url: string; close(): void }> {
  const door = createServer((asked, answer) => {
    const { method, headers } = asked;
    const onward = request(
      new URL(asked.url ?? "/", url),
      { method, headers: { ...headers, authorization: `Bearer ${token}` } },
      (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        said.pipe(answer);
      },
    );
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(door, "listening");
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    close() {
      door.close();
      door.closeAllConnections();
    },
  };
}
