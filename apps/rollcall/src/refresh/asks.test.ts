import { describe, expect, it } from "vitest";
import type { KubeObject } from "@rollcall/contract";
import type { AnswerNews } from "../answers/news.ts";
import { argocd } from "./argocd.ts";
import { concerns } from "./asks.ts";
import { flux } from "./flux.ts";

const plugin = (parameters?: object, name = "rollcall"): object => ({
  plugin: { configMapRef: { name }, ...(parameters && { input: { parameters } }) },
});
const web = { list: "argocd", placement: { key: "web", namespace: "fleet" } };
const all: Readonly<Record<string, AnswerNews>> = {
  list: { list: "argocd", what: "clusters" },
  placement: { ...web, what: "clusters" },
  order: { ...web, what: "order" },
  "other placement": { list: "argocd", placement: { key: "shop" }, what: "clusters" },
  object: { list: "argocd", placement: { name: "web", namespace: "fleet" }, what: "clusters" },
  "other list": { list: "edge", what: "clusters" },
  "all of list": { list: "argocd", what: "all" },
  "all of other list": { list: "edge", what: "all" },
};

function toldOf(consumer: ReturnType<typeof argocd>, spec: object): readonly string[] {
  const object = { ...consumer.kind, metadata: { name: "web" }, spec } as KubeObject;
  const asks = consumer.asks(object);
  return Object.keys(all).filter((name) => asks.some((each) => concerns(all[name]!, each)));
}

describe("an ApplicationSet is told", () => {
  const everything = Object.keys(all);
  const ofWeb = ["placement", "order", "all of list"];

  it.each([
    { of: "what it asks for, and nothing of other lists and placements", generators: [plugin(web)], told: ofWeb },
    { of: "the list as a whole, where it names no placement", generators: [plugin({ list: "argocd" })], told: ["list", "all of list"] },
    { of: "nothing, where it asks another service", generators: [plugin(web, "gke"), { clusters: {} }], told: [] },
    {
      of: "its placement in whichever namespace, where it says none",
      generators: [plugin({ list: "argocd", placement: { key: "shop" } })],
      told: ["other placement", "all of list"],
    },
    {
      of: "an object by its name, and no decision of that key",
      generators: [plugin({ list: "argocd", placement: { name: "web", namespace: "fleet" } })],
      told: ["object", "all of list"],
    },
    { of: "the same within a matrix", generators: [{ matrix: { generators: [{ clusters: {} }, plugin(web)] } }], told: ofWeb },
    {
      of: "the same within a merge within a matrix",
      generators: [{ matrix: { generators: [{ merge: { mergeKeys: ["server"], generators: [plugin(web), { clusters: {} }] } }] } }],
      told: ofWeb,
    },
    {
      of: "all of both, where it asks twice",
      generators: [plugin(web), plugin({ list: "edge" })],
      told: [...ofWeb, "other list", "all of other list"],
    },
    {
      of: "any placement, where another generator fills in which",
      generators: [plugin({ list: "argocd", placement: { key: "{{ .team }}" } })],
      told: ["placement", "order", "other placement", "all of list"],
    },
    {
      of: "any list, where another generator fills in which",
      generators: [plugin({ list: "{{ .list }}" })],
      told: ["list", "other list", "all of list", "all of other list"],
    },
  ])("of $of", ({ generators, told }) =>
    expect(toldOf(argocd(["rollcall"]), { generators })).toEqual(everything.filter((each) => told.includes(each))),
  );

  it.each([{}, { generators: null }, { generators: "plugin" }, { generators: [null, 1, { plugin: null }, { matrix: [] }] }])(
    "of nothing, whatever stands there: %j",
    (spec) => expect(toldOf(argocd(["rollcall"]), spec)).toEqual([]),
  );
});

describe("a ResourceSetInputProvider is told", () => {
  const url = "https://rollcall.example.test/flux/v1/inputs";
  const provider = (query: string, more: object = {}): object => ({ type: "ExternalService", url: `${url}?${query}`, ...more });

  it.each([
    {
      of: "what it asks for, and of no order, which it is not shown",
      spec: provider("list=argocd&placement=web&namespace=fleet"),
      told: ["placement", "all of list"],
    },
    {
      of: "an order too, where it asks in that",
      spec: provider("list=argocd&placement=web&sort=decision"),
      told: ["placement", "order", "all of list"],
    },
    { of: "an object by its name", spec: provider("list=argocd&placement=fleet/web"), told: ["object", "all of list"] },
    { of: "the list as a whole", spec: provider("list=argocd"), told: ["list", "all of list"] },
    {
      of: "nothing, where it asks another service",
      spec: provider("", { url: "https://elsewhere.test/flux/v1/inputs?list=argocd" }),
      told: [],
    },
    { of: "nothing, where it does not ask", spec: provider("list=argocd", { type: "Static" }), told: [] },
    { of: "nothing, where its question is refused", spec: provider("list=argocd&placment=web"), told: [] },
    { of: "nothing, where its URL is none", spec: { type: "ExternalService", url: "https://rollcall.example.test:port" }, told: [] },
  ])("of $of", ({ spec, told }) => expect(toldOf(flux(["https://rollcall.example.test"]), spec)).toEqual(told));
});
