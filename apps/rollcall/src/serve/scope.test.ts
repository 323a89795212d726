import type { PlacementName } from "@rollcall/answers";
import { describe, expect, it } from "vitest";
import { askedWithin, heardWithin, type Scope } from "./scope.ts";

const lists = ["argocd", "batch"];
const web: PlacementName = { key: "web" };

function asked(list: string, placement: PlacementName | undefined, scope: Scope): unknown {
  return askedWithin({ list, ...(placement && { placement }), sort: "name" }, scope, lists);
}

describe("a token", () => {
  it.each<{ when: string; list?: string; placement?: PlacementName; scope: Scope; becomes: unknown }>([
    { when: "without a scope may ask for everything", scope: {}, becomes: { list: "argocd" } },
    { when: "for one list may ask for it", scope: { lists: ["argocd"] }, becomes: { list: "argocd" } },
    {
      when: "for one list does not hear of another",
      list: "batch",
      scope: { lists: ["argocd"] },
      becomes: { is: "no list", lists: ["argocd"] },
    },
    { when: "for a list that is not there hears of none", scope: { lists: ["edge"] }, becomes: { is: "no list", lists: [] } },
    { when: "for a placement may not ask for the whole list", scope: { placements: ["web"] }, becomes: { is: "no placement" } },
    { when: "for a namespace may not ask for the whole list", scope: { namespaces: ["fleet"] }, becomes: { is: "no placement" } },
    { when: "for a key may ask for it", placement: web, scope: { placements: ["web"] }, becomes: { placement: web } },
    {
      when: "for a key may not ask for another",
      placement: { key: "api" },
      scope: { placements: ["web"] },
      becomes: { is: "no placement" },
    },
    {
      when: "for a key may not ask for an object of that name",
      placement: { name: "web" },
      scope: { placements: ["web"] },
      becomes: { is: "no placement" },
    },
    {
      when: "for one object may ask for it",
      placement: { name: "web-0", namespace: "fleet" },
      scope: { placements: ["fleet/web-0"] },
      becomes: { placement: { name: "web-0", namespace: "fleet" } },
    },
    {
      when: "for one object may not ask for its name elsewhere",
      placement: { name: "web-0", namespace: "other" },
      scope: { placements: ["fleet/web-0"] },
      becomes: { is: "no placement" },
    },
    {
      when: "for one namespace need not say it, and asks there alone",
      placement: web,
      scope: { namespaces: ["fleet"] },
      becomes: { placement: { key: "web", namespace: "fleet" } },
    },
    { when: "for several namespaces has to say which", placement: web, scope: { namespaces: ["a", "b"] }, becomes: { is: "ambiguous" } },
    {
      when: "for one namespace may not ask in another",
      placement: { key: "web", namespace: "other" },
      scope: { namespaces: ["fleet"] },
      becomes: { is: "no placement" },
    },
  ])("$when", ({ list = "argocd", placement, scope, becomes }) => expect(asked(list, placement, scope)).toMatchObject(becomes as object));

  it("with a scope hears of a decision that is not there what it hears of one that it may not know", () => {
    const scope = { placements: ["web"] };
    expect(heardWithin({ is: "no placement", why: "seen in namespace secret" }, scope)).toEqual(asked("argocd", { key: "api" }, scope));
  });
});
