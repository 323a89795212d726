// The least that it takes to write N objects from Node: bodies that were made before, one pool, no answer read.
import { readFileSync } from "node:fs";
import { Pool } from "undici";
import { say, stay, told } from "./say.ts";

interface Told {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  readonly namespace: string;
  /** A file with a body a line. */
  readonly bodies: string;
  readonly connections: number;
}

const { url, ca, token, namespace, bodies: file, connections } = told() as Told;
const bodies = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => Buffer.from(line));
const pool = new Pool(url, { connections, connect: { ca }, allowH2: false });
const path = `/api/v1/namespaces/${namespace}/secrets`;
const headers = { authorization: `Bearer ${token}`, accept: "application/json", "content-type": "application/json", "user-agent": "floor" };
let next = 0;
let left = bodies.length;

stay();
say("started");
for (let at = 0; at < connections; at += 1) write();

function write(): void {
  const body = bodies[next++];
  if (body === undefined) return;
  pool.dispatch(
    { method: "POST", path, headers, body },
    {
      onRequestStart: () => undefined,
      onResponseStart(_, status) {
        if (status !== 201) throw new Error(`the server answered ${status}`);
      },
      onResponseData: () => undefined,
      onResponseEnd() {
        left -= 1;
        if (left === 0) say("done");
        write();
      },
      onResponseError(_, error) {
        throw error;
      },
    },
  );
}
