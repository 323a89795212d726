import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { limits } from "./limits.ts";

const said: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "HeadersTooLarge", `the headers have more than ${limits.headerBytes} bytes; send fewer`],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "TooSlow", "the request did not arrive in time; send it faster"],
};

/** Answers what is no HTTP that can be read, and hangs up. */
export function answerUnreadable({ code = "" }: NodeJS.ErrnoException, socket: Duplex): void {
  const isHttp = code.startsWith("HPE_") || Object.hasOwn(said, code);
  if (!isHttp || !socket.writable) return void socket.destroy();
  const [status, reason, message] = said[code] ?? [400, "BadRequest", "this is not HTTP/1.1 that can be read; look at what stands between"];
  const body = JSON.stringify({ message, reason });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
