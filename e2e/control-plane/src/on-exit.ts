const cleanups = new Set<() => void>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let isListening = false;

/** Runs a cleanup when this process ends, by itself or by a signal; the answer takes it back. */
export function onExit(cleanup: () => void): () => void {
  listen();
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

function listen(): void {
  if (isListening) return;
  isListening = true;
  process.on("exit", cleanAll);
  for (const signal of signals) {
    process.once(signal, () => {
      cleanAll();
      // Having a listener took the signal's own effect away; without other listeners nobody else ends this process.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }
}

function cleanAll(): void {
  for (const cleanup of cleanups) cleanup();
  cleanups.clear();
}
