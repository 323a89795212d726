/** What a stranger, or a token gone wild, can cost at most. */
export const limits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  jsonDepth: 20,
  /** Milliseconds for headers and body together. */
  reading: 10_000,
  /** Milliseconds until whoever reads its answer too slowly is cut off. */
  writing: 30_000,
  /** Milliseconds that a known asker may keep a connection for its next question: longer than Go's clients do, so that none is closed under a question. */
  idle: 100_000,
  /** Milliseconds for what is at work when it stops. */
  stopping: 5000,
  connections: 256,
  /** Of one address, connections that have shown no token that is known. */
  silent: 64,
  /** Bytes of answers that nobody has read yet; beyond that nobody is answered until some are read, or cut off. */
  unread: 256 * 1024 * 1024,
} as const;

/** The same limits with other numbers. */
export type Limits = { readonly [Each in keyof typeof limits]: number };
