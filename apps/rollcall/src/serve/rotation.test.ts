import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { loopbackCertificate } from "@rollcall/testing";
import { folder } from "../run.test.helper.ts";
import { eventually, otherToken, raw, running, token, type Running } from "./serve.test.helper.ts";

const statusWith = async (service: Running, each: string): Promise<number> =>
  (await service.ask("/api/v1/lists/argocd", { headers: { authorization: `Bearer ${each}` } })).status;
const says = (service: Running, text: string) => () => service.lines.join("").includes(text);

describe("a token", () => {
  it("gives way to another without a moment in which nobody can ask", async () => {
    await using service = await running();
    expect([await statusWith(service, token), await statusWith(service, otherToken)]).toEqual([200, 401]);
    await service.files.write("token", `${token}\n${otherToken}\n`);
    await eventually(async () => (await statusWith(service, otherToken)) === 200);
    expect(await statusWith(service, token)).toBe(200);
    await service.files.write("token", `${otherToken}\n`);
    await eventually(async () => (await statusWith(service, token)) === 401);
    expect(await statusWith(service, otherToken)).toBe(200);
  });

  it.each([
    { what: "an empty file", content: "" },
    { what: "a short token", content: "too-short-sekrit".slice(4) },
    { what: "a default", content: "changeme-changeme" },
    { what: "the name of Argo CD's key", content: "$rollcall:sekrit-token" },
    { what: "a token with a space", content: "sekrit 6f1b8a6c0d3e4f52a7c9" },
  ])("that is replaced by $what still works, and the log names the file and nothing of it", async ({ content }) => {
    await using service = await running();
    await service.files.write("token", content);
    await eventually(says(service, "token file refused"));
    expect(await statusWith(service, token)).toBe(200);
    const all = service.lines.join("");
    expect(all).toContain(service.files.at("token"));
    expect(all).toContain("the tokens before it stay");
    for (const part of [content, content.split(" ").at(-1)!].filter((each) => each !== "")) expect(all).not.toContain(part);
  });

  it("goes from one file to another, and what it leaves behind is good for nothing any more", async () => {
    const third = "0a7be2f94c6d41835e21";
    await using service = await running({ tokens: [{ file: "token" }, { file: "second" }], with: {}, files: { second: otherToken } });
    expect([await statusWith(service, token), await statusWith(service, otherToken)]).toEqual([200, 200]);
    await Promise.all([service.files.write("token", otherToken), service.files.write("second", third)]);
    await eventually(async () => (await statusWith(service, token)) === 401);
    await eventually(async () => (await statusWith(service, third)) === 200);
    expect(await statusWith(service, otherToken)).toBe(200);
  });

  it("whose file is gone still works, until another comes", async () => {
    await using service = await running();
    await rm(service.files.at("token"));
    await eventually(says(service, "ENOENT"));
    expect(await statusWith(service, token)).toBe(200);
    await service.files.write("token", otherToken);
    await eventually(async () => (await statusWith(service, otherToken)) === 200);
    expect(await statusWith(service, token)).toBe(401);
  });

  it("comes with a mounted Secret, where a link is swapped and no file is written", async () => {
    await using dir = await folder({});
    await mkdir(dir.at("..1"));
    await mkdir(dir.at("..2"));
    await writeFile(dir.at("..1/token"), token);
    await writeFile(dir.at("..2/token"), otherToken);
    await symlink("..1", dir.at("..data"));
    await symlink("..data/token", dir.at("token"));
    await using service = await running({ tokens: [{ file: `../${dir.path.split("/").at(-1)}/token` }] });
    expect(await statusWith(service, token)).toBe(200);
    await symlink("..2", dir.at("..new"));
    await rename(dir.at("..new"), dir.at("..data"));
    await eventually(async () => (await statusWith(service, otherToken)) === 200);
    expect(await statusWith(service, token)).toBe(401);
  });

  it("without a single good one, nothing is served", async () => {
    await expect(running({ content: "changeme" })).rejects.toThrow("no file of serve.tokens holds a token that can be used");
    await expect(running({ tokens: [{ file: "elsewhere" }] })).rejects.toThrow("no file of serve.tokens");
  });

  it("that stands in two files is good for what the first says, so that no scope is widened by a copy", async () => {
    await using dir = await folder({ twin: token });
    await using service = await running({
      tokens: [{ file: "token", lists: ["batch"] }, { file: `../${dir.path.split("/").at(-1)}/twin` }],
    });
    expect(await statusWith(service, token)).toBe(404);
    expect(says(service, "give each file its own")()).toBe(true);
  });
});

describe("with a certificate", () => {
  async function tls(service: Running): Promise<{ readonly status: number | undefined; readonly serial: string }> {
    const sent = request(`${service.serving.url}/healthz`, { rejectUnauthorized: false, agent: false }).end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    answer.resume();
    return { status: answer.statusCode, serial: (answer.socket as TLSSocket).getPeerCertificate().fingerprint256 };
  }

  it("the next one is taken while it runs, and stays when what comes after is none", async () => {
    const [first, second] = [loopbackCertificate(), loopbackCertificate()];
    await using dir = await folder({ "tls.crt": first.certificate, "tls.key": first.key });
    const pair = { cert: dir.at("tls.crt"), key: dir.at("tls.key") };
    await using service = await running({ tls: pair });
    expect(service.serving.url).toMatch(/^https:/);
    const before = await tls(service);
    expect(before.status).toBe(200);

    await Promise.all([writeFile(pair.cert, second.certificate), writeFile(pair.key, second.key)]);
    await eventually(async () => (await tls(service)).serial !== before.serial);
    const after = await tls(service);
    expect(after.status).toBe(200);

    await writeFile(pair.key, first.key);
    await eventually(says(service, "certificate refused"));
    await writeFile(pair.cert, "no certificate");
    await eventually(() => service.lines.filter((line) => line.includes("certificate refused")).length === 2);
    expect(await tls(service)).toEqual(after);
    expect(service.lines.join("")).not.toContain("PRIVATE KEY");
  });

  it("whoever never ends the handshake is cut off, and holds up no end", async () => {
    const { certificate, key } = loopbackCertificate();
    await using dir = await folder({ "tls.crt": certificate, "tls.key": key });
    await using service = await running({
      tls: { cert: dir.at("tls.crt"), key: dir.at("tls.key") },
      with: { limits: { reading: 200, stopping: 200 } },
    });
    const { socket, all } = await raw(service.serving.url);
    socket.write("\x16\x03\x01");
    expect(await all).toBe("");
    await raw(service.serving.url);
    const before = performance.now();
    await service.serving.stop();
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it("that does not go with its key, nothing is served", async () => {
    const [first, second] = [loopbackCertificate(), loopbackCertificate()];
    await using dir = await folder({ "tls.crt": first.certificate, "tls.key": second.key });
    await expect(running({ tls: { cert: dir.at("tls.crt"), key: dir.at("tls.key") } })).rejects.toThrow("cannot be used: ERR_OSSL");
    await expect(running({ tls: { cert: dir.at("none"), key: dir.at("tls.key") } })).rejects.toThrow(
      "the certificate cannot be read (ENOENT)",
    );
  });
});
