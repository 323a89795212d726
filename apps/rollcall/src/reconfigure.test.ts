import { describe, expect, it } from "vitest";
import { checkConfig } from "./config/check.ts";
import type { ReadConfig } from "./config/config.ts";
import { reconfigure, type Reconfiguration } from "./reconfigure.ts";
import { configOf, listOf, provider } from "./reload.test.helper.ts";

function taken(before: object, now: unknown): Reconfiguration | undefined {
  return reconfigure(checkConfig(before).config!, checkConfig(now));
}

const nothing = { added: [], changed: [], moved: [], toAnotherServer: [], gone: [], asBefore: [], newProviders: false, afterRestart: [] };
const names = (next: Reconfiguration | undefined): object | undefined =>
  next && {
    ...next,
    config: next.config.lists.map(({ name }) => name).sort(),
    added: next.added.map(({ name }) => name),
    changed: next.changed.map(({ name }) => name),
  };
const two = configOf([listOf("one"), listOf("two")]);
const broken = (name: unknown): object => ({ name, consumer: "argocd", mode: "perhaps", target: { namespace: "two" } });

describe("a config that is read again", () => {
  it.each([
    { when: "says the same", now: two, then: { config: ["one", "two"] } },
    {
      when: "says in full what went without saying",
      now: configOf([listOf("one", { mode: "sync", options: {}, removal: { guard: { window: "600s" } } }), listOf("two")]),
      then: { config: ["one", "two"] },
    },
    { when: "says it in another order", now: configOf([listOf("two"), listOf("one")]), then: { config: ["one", "two"] } },
    {
      when: "has another list",
      now: configOf([listOf("one"), listOf("two"), listOf("three")]),
      then: { config: ["one", "three", "two"], added: ["three"] },
    },
    {
      when: "says something else of a list",
      now: configOf([listOf("one"), listOf("two", { options: { copyLabels: ["env"] } })]),
      then: { config: ["one", "two"], changed: ["two"] },
    },
    {
      when: "puts a list elsewhere",
      now: configOf([listOf("one", { target: { namespace: "three" } }), listOf("two", { target: { namespace: "two", context: "other" } })]),
      then: { config: ["one", "two"], changed: ["one", "two"], moved: ["one", "two"], toAnotherServer: ["two"] },
    },
    { when: "names a list no more", now: configOf([listOf("one")]), then: { config: ["one"], gone: ["two"] } },
    {
      when: "has a problem in a list",
      now: configOf([listOf("one", { mode: "observe" }), broken("two")]),
      then: { config: ["one", "two"], changed: ["one"], asBefore: ["two"] },
    },
    {
      when: "has one name twice",
      now: configOf([listOf("one"), listOf("two"), listOf("two")]),
      then: { config: ["one", "two"], asBefore: ["two"] },
    },
    {
      when: "has a problem in a list that does not say its name: it may be any of those that are missing",
      now: configOf([listOf("three"), broken(7)]),
      then: { config: ["one", "three", "two"], added: ["three"], asBefore: ["one", "two"] },
    },
    {
      when: "has other providers",
      now: configOf([listOf("one"), listOf("two")], { providers: { inline: [provider("fleet"), provider("corp")] } }),
      then: { config: ["one", "two"], newProviders: true },
    },
    {
      when: "has a provider with a problem: without it, nobody could log in where it leads",
      now: configOf([listOf("one"), listOf("two")], { providers: { inline: [{ name: "fleet", execConfig: {} }, provider("corp")] } }),
      then: { config: ["one", "two"] },
    },
    {
      when: "says what only a start can heed",
      now: configOf([listOf("one", { select: { namespaces: ["fleet"] } }), listOf("two")], {
        instance: "other",
        inventory: { namespaces: ["fleet"], context: "other" },
        state: { namespace: "other" },
        metrics: { listen: ":9090" },
      }),
      then: { config: ["one", "two"], changed: ["one"], afterRestart: ["instance", "inventory", "state.namespace", "metrics"] },
    },
  ])("and $when", ({ now, then }) => {
    expect(names(taken(two, now))).toEqual({ ...nothing, ...then });
  });

  it("keeps what only a start can heed as it was", () => {
    const now = configOf([listOf("one")], { instance: "other", state: { namespace: "other" } });
    expect(taken(two, now)?.config).toMatchObject({ instance: "rollcall", stateNamespace: "rollcall" });
  });

  it.each([
    { when: "empty", now: {} },
    { when: "without a list", now: configOf([]) },
    { when: "with a key that nobody knows", now: { ...two, list: [] } },
  ])("and is $when changes nothing at all", ({ now }) => {
    expect(taken(two, now)).toBeUndefined();
  });

  it("leaves a list alone that was kept as before when it is mended", () => {
    const between = taken(two, configOf([listOf("one"), broken("two")]))!.config;
    expect(names(reconfigure(between, checkConfig(two) satisfies ReadConfig))).toEqual({ ...nothing, config: ["one", "two"] });
  });
});
