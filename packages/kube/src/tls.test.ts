import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServerConfig } from "./server.ts";
import { openTransport } from "./transport.ts";

/** One DER element. */
function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
  const length = body.length < 128 ? Buffer.of(body.length) : Buffer.of(0x82, body.length >> 8, body.length & 255);
  return Buffer.concat([Buffer.of(tag), length, body]);
}

/** A certificate for a host name that vouches for itself, made here so that no key lies in the tree. */
function selfSigned(host: string): { readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [sequence, set, objectId, text, octets] = [0x30, 0x31, 0x06, 0x0c, 0x04];
  const ecdsaWithSha256 = der(sequence, der(objectId, Buffer.from("2a8648ce3d040302", "hex")));
  const name = der(sequence, der(set, der(sequence, der(objectId, "\x55\x04\x03"), der(text, host))));
  const validity = der(sequence, der(0x18, "20200101000000Z"), der(0x18, "99991231235959Z"));
  const hostNames = der(sequence, der(objectId, "\x55\x1d\x11"), der(octets, der(sequence, der(0x82, host))));
  const toBeSigned = der(
    sequence,
    der(0xa0, der(0x02, "\x02")),
    der(0x02, "\x01"),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(sequence, hostNames)),
  );
  const whole = der(sequence, toBeSigned, ecdsaWithSha256, der(0x03, "\x00", sign("sha256", toBeSigned, privateKey)));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const [hub, client, stranger] = ["api.hub.example", "rollcall", "api.hub.example"].map(selfSigned) as [Pair, Pair, Pair];
type Pair = ReturnType<typeof selfSigned>;

const secure = createServer(
  { cert: hub.certificate, key: hub.key, ca: client.certificate, requestCert: true, rejectUnauthorized: false },
  (request, response) => {
    const socket = request.socket as TLSSocket;
    const { subject } = socket.getPeerCertificate() as { subject?: { CN: string } };
    response.end(JSON.stringify({ user: socket.authorized ? subject?.CN : "anonymous", name: socket.servername }));
  },
);
beforeAll(() => once(secure.listen(0, "127.0.0.1"), "listening"));
afterAll(() => {
  secure.close();
  secure.closeAllConnections();
});

async function call(config: Omit<ServerConfig, "url">): Promise<unknown> {
  const transport = openTransport({ ...config, url: `https://127.0.0.1:${(secure.address() as AddressInfo).port}` });
  try {
    return await transport.call({ method: "GET", path: "/version" });
  } finally {
    await transport.close();
  }
}

describe("over TLS", () => {
  it("a server is trusted by the given CA under the given name", async () => {
    await expect(call({ ca: hub.certificate, tlsName: "api.hub.example" })).resolves.toEqual({
      user: "anonymous",
      name: "api.hub.example",
    });
  });

  it("a client certificate says who we are", async () => {
    const clientCertificate = { certificate: client.certificate, key: client.key };
    await expect(call({ ca: hub.certificate, tlsName: "api.hub.example", clientCertificate })).resolves.toMatchObject({ user: "rollcall" });
  });

  it.each([
    { when: "no CA is given", config: { tlsName: "api.hub.example" }, why: "self-signed certificate" },
    { when: "another CA is given", config: { ca: stranger.certificate, tlsName: "api.hub.example" }, why: "certificate" },
    { when: "the CA is none", config: { ca: "garbage", tlsName: "api.hub.example" }, why: "certificate" },
    { when: "it is called by another name", config: { ca: hub.certificate, tlsName: "other.example" }, why: "altnames" },
    { when: "it is called by its address alone", config: { ca: hub.certificate }, why: "altnames" },
  ])("nothing is sent when $when", async ({ config, why }) => {
    await expect(call(config)).rejects.toMatchObject({ reason: "Unreachable", message: expect.stringContaining(why) as string });
  });

  it("nobody is asked for a name when the operator says so", async () => {
    await expect(call({ insecure: true })).resolves.toMatchObject({ user: "anonymous" });
  });
});
