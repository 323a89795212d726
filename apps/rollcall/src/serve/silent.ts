import type { Socket } from "node:net";

/** Keeps those who have not shown a token from taking all the room there is. */
export interface Silent {
  came(socket: Socket): void;
  /** It has shown a token that is known. */
  isKnown(socket: Socket): void;
}

/** Of one address so many may be connected and have shown nothing yet; who came first goes when one more comes. */
export function newSilent(most: number): Silent {
  const silent = new Map<string, Map<number, Socket>>();

  // By its port, since behind TLS a connection is shown by another object than it came with.
  function leave(address: string, port: number): void {
    const others = silent.get(address);
    others?.delete(port);
    if (others?.size === 0) silent.delete(address);
  }

  return {
    came(socket) {
      const { remoteAddress: address = "", remotePort: port = 0 } = socket;
      const others = silent.get(address) ?? new Map<number, Socket>();
      silent.set(address, others.set(port, socket));
      socket.once("close", () => leave(address, port));
      if (others.size <= most) return;
      const [first] = others;
      others.delete(first![0]);
      first![1].destroy();
    },
    isKnown: ({ remoteAddress = "", remotePort = 0 }) => leave(remoteAddress, remotePort),
  };
}
