import { callOverHttp, conformanceCases, type Call } from "@rollcall/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { forgetHistory } from "./forget-history.ts";

describe("a real API server answers", () => {
  let plane: ControlPlane;
  let call: Call;

  beforeAll(async () => {
    plane = await startControlPlane({ crds: [crds.clusterProfiles], quiet: true });
    call = callOverHttp(plane);
  });
  afterAll(() => plane?.stop());

  it.each(conformanceCases)("$name", async ({ run }) => {
    await expect(run(call, () => forgetHistory(plane.url))).resolves.toBeUndefined();
  });
});
