// The least that it takes to answer from Node: one buffer that was compressed before, whoever asks and whatever for.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { say, told } from "./say.ts";

interface Told {
  /** A file with the body. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const { body: file, headers } = told() as Told;
const body = readFileSync(file);
const server = createServer({ keepAliveTimeout: 100_000 }, (_, response) => {
  response.writeHead(200, { ...headers, "content-length": body.length });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => say("answering", { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
process.once("SIGTERM", () => process.exit(0));
