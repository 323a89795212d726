import type { Transport } from "@rollcall/kube";
import type { ServerRef } from "./config/config.ts";
import { serverKey } from "./servers.ts";

/** One transport for each server, whoever speaks to it. */
export interface Transports {
  to(server: ServerRef): Promise<Transport>;
  /** Closes it; whoever asks again gets a new one. */
  close(server: ServerRef): Promise<void>;
  closeAll(): Promise<void>;
}

/** Opens the transport to a server when somebody asks for it. */
export function newTransports(open: (server: ServerRef) => Promise<Transport>): Transports {
  const opened = new Map<string, Promise<Transport>>();
  const close = async (key: string): Promise<void> => {
    const transport = opened.get(key);
    opened.delete(key);
    // One that could not be opened is closed.
    await transport?.then((each) => each.close()).catch(() => undefined);
  };
  return {
    to(server) {
      const key = serverKey(server);
      const known = opened.get(key);
      if (known !== undefined) return known;
      const made = open(server);
      opened.set(key, made);
      // What failed once is tried anew by whoever asks next.
      made.catch(() => opened.get(key) === made && opened.delete(key));
      return made;
    },
    close: (server) => close(serverKey(server)),
    async closeAll() {
      await Promise.all([...opened.keys()].map(close));
    },
  };
}
