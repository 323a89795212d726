import type { Standing } from "@rollcall/sync";
import { expect, it } from "vitest";
import { logStrays } from "./strays.ts";

const of = (list: string, key: string): Standing => ({ list, key }) as Standing;

it("a list that is not kept is said once, a stray object each time, each with what to do", () => {
  const lines: { message: string; todo?: unknown; objects?: unknown }[] = [];
  logStrays(
    (_, message, fields) => void lines.push({ ...fields, message }),
    [of("old", "Secret/argocd/a"), of("old", "Secret/argocd/b"), of("argocd", "Secret/argocd/copy")],
    new Set(["argocd"]),
  );
  expect(lines).toMatchObject([
    { message: "objects of a list that is not kept", list: "old", objects: 2, todo: expect.stringContaining("rollcall detach old --keep") },
    { message: "stray object", object: "Secret/argocd/copy", todo: expect.stringContaining("never changed or deleted") },
  ]);
});
