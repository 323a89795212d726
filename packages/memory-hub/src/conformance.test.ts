import { describe, expect, it } from "vitest";
import { callOverHttp, clusterProfileKind, conformanceCases } from "@rollcall/testing";
import { startMemoryHub } from "./index.ts";

const stranger = { name: "stranger", token: "stranger-token", rules: [] };

// A hub for each, so that one may forget its history while another pages through a list.
describe("the memory hub answers as a real API server does", () => {
  it.concurrent.each(conformanceCases)("$name", async ({ run }) => {
    const hub = await startMemoryHub({ kinds: [clusterProfileKind], users: [stranger] });
    const call = callOverHttp({ url: hub.url, adminToken: hub.token, strangerToken: stranger.token });
    await expect(run(call, async () => hub.compact())).resolves.toBeUndefined();
    await hub.stop();
  });
});
