#!/usr/bin/env node
import { run } from "./run.ts";

// Whoever reads has read enough, as `head` does. Anything else that befalls the output is worth a crash.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(1);
});

const code = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
// What failed may have left something open, and nobody is there any more to close it; whoever reads gets all of it first.
if (code !== 0) process.stdout.write("", () => process.exit(code));
