import { expect, it } from "vitest";
import { onHub } from "./commands/on-hub.test.helper.ts";

const operator = "rollcall rbac --config FILE --for operator --service-account NAMESPACE/NAME";

it.each([
  { args: ["hold", "argocd", "fleet/paris", "--why", "a demo"], todo: operator },
  { args: ["pause", "argocd", "--end"], todo: operator },
  { args: ["ack", "argocd", "0123456789"], todo: operator },
])("whoever may not $args is told which rights it takes", async ({ args, todo }) => {
  await using at = await onHub({ user: { name: "nobody", token: "nobodys", rules: [] } });
  const { code, stderr } = await at.run(...args);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^rollcall: .*: 403 /) as string });
  expect(stderr.trim().split("\n").at(-1)).toContain(`; apply what this prints, or have it applied: ${todo}`);
});
