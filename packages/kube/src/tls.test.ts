import { describe, expect, it } from "vitest";
import { selfSigned, type Pair } from "./certificate.test.helper.ts";
import { secure } from "./secure.test.helper.ts";
import type { ServerConfig } from "./server.ts";
import { openTransport } from "./transport.ts";

const [hub, client, stranger] = ["api.hub.example", "rollcall", "api.hub.example"].map((host) => selfSigned(host)) as [Pair, Pair, Pair];

async function call(config: Omit<ServerConfig, "url">): Promise<unknown> {
  await using server = await secure(hub, [client]);
  const transport = openTransport({ ...config, url: server.url });
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
