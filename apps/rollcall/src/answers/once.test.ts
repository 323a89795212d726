import type { Answered } from "@rollcall/contract";
import type { KeptList } from "@rollcall/sync";
import { expect, it } from "vitest";
import { goneThroughOnce } from "./once.ts";

it("a hundred placements are answered for one walk over their list, and every change of it is seen", () => {
  let [times, version] = [0, "1"];
  const kept = {
    version: () => version,
    answered: (): readonly Answered[] => [{ id: `fleet/paris-${(times += 1)}`, plain: {} }],
  } as KeptList;
  const once = goneThroughOnce(kept);
  for (let placement = 0; placement < 100; placement += 1) expect(once.answered()[0]?.id).toBe("fleet/paris-1");
  version = "2";
  expect(once.answered()[0]?.id).toBe("fleet/paris-2");
  expect(times).toBe(2);
});
