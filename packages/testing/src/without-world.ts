/** Runs something that must be pure: whoever asks the clock, chance, the network or the environment meanwhile gets an error. */
export function withoutWorld(run: () => void): void {
  const undo = [
    replace(globalThis, "Date", timeless()),
    replace(globalThis, "fetch", forbidden("the network")),
    replace(Math, "random", forbidden("chance")),
    replace(crypto, "randomUUID", forbidden("chance")),
    replace(crypto, "getRandomValues", forbidden("chance")),
    replace(performance, "now", forbidden("the clock")),
    replace(
      process,
      "env",
      new Proxy({}, { get: forbidden("the environment"), has: forbidden("the environment"), ownKeys: forbidden("the environment") }),
    ),
  ];
  try {
    run();
  } finally {
    for (const each of undo) each();
  }
}

/** Reading a date that one was given is pure; asking for today's is not. */
function timeless(): DateConstructor {
  return new Proxy(Date, {
    apply: forbidden("the clock"),
    get: (target, key) => (key === "now" ? forbidden("the clock") : Reflect.get(target, key)),
    construct: (target, args) => (args.length === 0 ? forbidden("the clock")() : Reflect.construct(target, args)),
  });
}

function forbidden(what: string): () => never {
  return () => {
    throw new Error(`an adapter asked ${what}; it has to be told instead`);
  };
}

function replace(owner: object, key: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, { value, configurable: true, writable: true });
  return () => (before === undefined ? void Reflect.deleteProperty(owner, key) : void Object.defineProperty(owner, key, before));
}
