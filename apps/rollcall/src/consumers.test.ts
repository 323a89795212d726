import type { ArgoCdOptions } from "@rollcall/argocd";
import { expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { argocdOptions, consumerNamed, consumers } from "./consumers.ts";

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;

it("what a config may say of Argo CD is what its adapter takes", () => {
  expectTypeOf<z.infer<typeof argocdOptions>>().toEqualTypeOf<Writable<ArgoCdOptions>>();
  const all: Required<ArgoCdOptions> = {
    namespace: "argocd",
    name: "{name}",
    copyLabels: ["env", "a.test/*"],
    project: "p",
    login: "by itself",
  };
  expect(argocdOptions.parse(all)).toEqual(all);
});

it("every consumer is called as its adapter is", () => {
  for (const [name, { adapter }] of Object.entries(consumers)) expect(adapter.name).toBe(name);
});

it("a word that every object knows is no consumer", () => {
  expect(consumerNamed("argocd")).toBe(consumers["argocd"]);
  expect(consumerNamed("constructor")).toBeUndefined();
});
