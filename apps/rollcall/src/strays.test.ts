import type { Standing } from "@rollcall/sync";
import { expect, it, vi } from "vitest";
import { logStrays, strayWatch } from "./strays.ts";

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

it("what is new after a later list is said, and nothing twice, unless it was gone in between", async () => {
  const said: unknown[] = [];
  let strays: readonly Standing[] = [of("argocd", "Secret/argocd/copy")];
  const listed = strayWatch(
    (_, __, fields) => void said.push(fields?.["object"]),
    () => strays,
    () => new Set(["argocd"]),
    5,
  );
  const after = async (next: readonly Standing[], count: number): Promise<void> => {
    strays = next;
    listed();
    listed();
    await vi.waitFor(() => expect(said).toHaveLength(count));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(said).toHaveLength(count);
  };
  await after(strays, 1);
  await after([...strays, of("argocd", "Secret/argocd/other")], 2);
  await after([of("argocd", "Secret/argocd/other")], 2);
  await after([of("argocd", "Secret/argocd/copy")], 3);
  expect(said).toEqual(["Secret/argocd/copy", "Secret/argocd/other", "Secret/argocd/copy"]);
});
