import { startMemoryHub } from "@rollcall/memory-hub";
import { describe, expect, it } from "vitest";
import { servedVersion } from "./discovery.ts";
import { says, scripted } from "./scripted.test.helper.ts";
import { openTransport } from "./transport.ts";

const group = "multicluster.x-k8s.io";
const both = ["v1alpha2", "v1alpha1"];
const has = (...names: readonly string[]) => ({ kind: "APIResourceList", resources: names.map((name) => ({ name })) });

describe("the version that a server has of a kind", () => {
  it("is the first of those that are wanted", async () => {
    await using server = await scripted(says(200, has("other", "clusterprofiles", "clusterprofiles/status")));
    await expect(servedVersion(server.transport, group, "clusterprofiles", both)).resolves.toBe("v1alpha2");
    expect(server.asked.map(({ path }) => path)).toEqual([`/apis/${group}/v1alpha2`]);
  });

  it.each([
    { what: "the server does not have the newer version", newer: says(404, "404 page not found\n") },
    { what: "the newer version has other kinds alone", newer: says(200, has("placementdecisions", "clusterprofiles/status")) },
  ])("is the older one where $what", async ({ newer }) => {
    await using server = await scripted((response, asked) =>
      (asked.path.endsWith("v1alpha2") ? newer : says(200, has("clusterprofiles")))(response, asked),
    );
    await expect(servedVersion(server.transport, group, "clusterprofiles", both)).resolves.toBe("v1alpha1");
  });

  it.each([
    { how: "in plain text", answer: says(404, "404 page not found\n") },
    { how: "as a Status", answer: says(404, { kind: "Status", reason: "NotFound" }) },
  ])("is none where the server says 404 $how", async ({ answer }) => {
    await using server = await scripted(answer);
    await expect(servedVersion(server.transport, group, "clusterprofiles", both)).resolves.toBeUndefined();
  });

  it.each([
    { what: "a failure", answer: says(503, "no"), reason: "ServiceUnavailable" },
    { what: "a refusal", answer: says(403, "no"), reason: "Forbidden" },
    { what: "a proxy's page", answer: says(200, "<html>"), reason: "ForeignAnswer" },
    { what: "another document", answer: says(200, { kind: "APIGroup" }), reason: "ForeignAnswer" },
    { what: "an empty one", answer: says(200, { kind: "APIResourceList" }), reason: "ForeignAnswer" },
  ])("is not known after $what, which is no reason to think that it has none", async ({ answer, reason }) => {
    await using server = await scripted(answer);
    await expect(servedVersion(server.transport, group, "clusterprofiles", both)).rejects.toMatchObject({ reason });
  });

  it("is found at a real server's paths, of the core too", async () => {
    const kind = { apiVersion: `${group}/v1alpha1`, kind: "ClusterProfile", plural: "clusterprofiles", namespaced: true };
    const hub = await startMemoryHub({ kinds: [kind] });
    const transport = openTransport({ url: hub.url, token: () => Promise.resolve(hub.token) });
    await expect(servedVersion(transport, group, "clusterprofiles", both)).resolves.toBe("v1alpha1");
    await expect(servedVersion(transport, "", "secrets", ["v1"])).resolves.toBe("v1");
    await expect(servedVersion(transport, "", "clusterprofiles", ["v1"])).resolves.toBeUndefined();
    await transport.close();
    await hub.stop();
  });
});
