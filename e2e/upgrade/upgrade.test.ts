import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { checkConfig } from "../../apps/rollcall/src/config/check.ts";
import { startRollcall } from "../../apps/rollcall/src/rollcall.ts";
import { openTransport } from "../../packages/kube/src/index.ts";
import { load, type Left } from "./load.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const releases = readdirSync(here, { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? [each.name] : []));

let left: Left | undefined;
afterEach(async () => {
  await left?.hub.stop();
});

it.each(releases)("what %s wrote is read as it was meant, and nothing is written to it", async (release) => {
  left = await load(`${here}${release}`);
  const { hub, at } = left;
  const { config, problems } = checkConfig(left.config);
  expect(problems).toEqual([]);
  const standing = (): unknown => [hub.list("Secret"), hub.list("ConfigMap")];
  const before = standing();
  const rollcall = await startRollcall({
    config: config!,
    open: async () => openTransport({ url: hub.url, token: async () => hub.token }),
    log: () => undefined,
    // A grace of nothing was one second longer from the next release on, so that everybody is judged a second later.
    now: () => at + 1000,
  });
  try {
    await rollcall.settled();
    // Long enough for whatever is to be written a moment later, or at the second look.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const states = [...rollcall.lists].map(([list, kept]) => {
      const said = [...kept.status()].map(
        ([id, { state, verdict }]) => [id, verdict === undefined ? state : `${state} ${verdict.reason}`] as const,
      );
      return [list, Object.fromEntries(said)] as const;
    });
    expect(Object.fromEntries(states)).toEqual(left.states);
    expect(hub.requests.filter(({ verb }) => !["get", "list", "watch"].includes(verb))).toEqual([]);
    expect(standing()).toEqual(before);
  } finally {
    await rollcall.stop();
  }
});
