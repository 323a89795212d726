import { now } from "../src/clock.ts";

/** Says something to the bench. */
export function say(message: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ message, at: now(), ...fields })}\n`);
}

/** What the bench tells a subject, as its one argument. */
export function told(): unknown {
  return JSON.parse(process.argv[2]!);
}

/** Stays until told to stop, so that what it used can still be read. */
export function stay(): void {
  const alive = setInterval(() => undefined, 1 << 30);
  process.once("SIGTERM", () => {
    clearInterval(alive);
    process.exit(0);
  });
}
