import type { ArgoCdOptions } from "@rollcall/argocd";
import { expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { argocdOptions } from "./config/argocd.ts";
import { consumerNamed, consumers } from "./consumers.ts";

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;

it("what a config may say of Argo CD is what its adapter takes", () => {
  expectTypeOf<z.infer<typeof argocdOptions>>().toEqualTypeOf<Writable<ArgoCdOptions>>();
  const all: Required<ArgoCdOptions> = {
    namespace: "argocd",
    name: "{name}",
    copyLabels: ["env", "a.test/*"],
    labels: { team: { from: "label", key: "team" }, wave: { from: "value", value: "1" } },
    annotations: { "a.test/version": { from: "version" } },
    project: { from: "property", key: "project", allowed: ["shop"] },
    shard: { hash: 3 },
    namespaces: ["shop"],
    clusterResources: true,
    login: "by itself",
    passClusterInfo: false,
    placeholders: true,
    refuse: ["https://10.0.0.1"],
  };
  expect(argocdOptions.parse(all)).toEqual(all);
});

it("what its adapter finds wrong in the options is a problem of the config", () => {
  const { error } = argocdOptions.safeParse({
    namespace: "argocd",
    labels: { "argocd.argoproj.io/secret-type": { from: "value", value: "x" } },
  });
  expect(error?.issues[0]?.path).toEqual(["labels", "argocd.argoproj.io/secret-type"]);
});

it("a list knows which servers are its own", () => {
  const { knowing } = consumers["argocd"]!;
  expect(knowing({ namespace: "argocd", refuse: ["https://a.test"] }, ["https://hub.test"])).toMatchObject({
    refuse: ["https://a.test", "https://hub.test"],
  });
});

it("every consumer is called as its adapter is", () => {
  for (const [name, { adapter }] of Object.entries(consumers)) expect(adapter.name).toBe(name);
});

it("a word that every object knows is no consumer", () => {
  expect(consumerNamed("argocd")).toBe(consumers["argocd"]);
  expect(consumerNamed("constructor")).toBeUndefined();
});

it("what is no options at all is a problem too", () => {
  expect(argocdOptions.safeParse(null).success).toBe(false);
});
