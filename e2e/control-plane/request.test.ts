import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { loopbackCertificate } from "@rollcall/testing";
import { expect, it } from "vitest";
import { client } from "./src/request.ts";

it("asks a server that falls behind for no more than a few handshakes, and gets every answer", async () => {
  const { certificate, key } = loopbackCertificate();
  let handshakes = 0;
  const slow = createServer({ cert: certificate, key }, (_, response) => void setTimeout(() => response.end("{}"), 20));
  slow.on("secureConnection", () => (handshakes += 1));
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  const ask = client(`https://127.0.0.1:${(slow.address() as AddressInfo).port}`, "token", certificate);

  const answers = await Promise.all(Array.from({ length: 200 }, () => ask("GET", "/version")));

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 200));
  expect(handshakes).toBeLessThanOrEqual(32);
  ask.close();
  await new Promise((resolve) => slow.close(resolve));
});
