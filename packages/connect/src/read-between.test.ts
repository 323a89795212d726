import { describe, expect, it } from "vitest";
import { readProviders } from "./index.ts";

const corp = { name: "corp", execConfig: { command: "/plugins/corp", apiVersion: "client.authentication.k8s.io/v1" } };
const hosts = ["*.example.test"];
const tokens = (other: string) => ({ kind: "token-request", with: other, serviceAccount: "access/argocd" });
const push = { kind: "secret", preset: "kubeconfig-secretreader" };
const exec = { kind: "exec", hosts };

type Input = Parameters<typeof readProviders>[0];
const problems = (input: Input) => readProviders(input).problems.map(({ path, message }) => `${path} ${message}`);

describe("what could never log anybody in is said when the config is read", () => {
  it.each<{ when: string; input: Input; says: string }>([
    {
      when: "a token is asked for by itself",
      input: { settings: { t: tokens("t") } },
      says: 'settings["t"].with names the provider itself',
    },
    {
      when: "a token is asked for with what nobody configured",
      input: { inline: [], settings: { t: tokens("pull") } },
      says: 'settings["t"].with "pull" is not configured; name one that has a credential of its own',
    },
    {
      when: "a token is asked for with what nobody gets a credential for",
      input: { settings: { t: tokens("r"), r: { kind: "reference" } } },
      says: 'settings["t"].with "r" is for consumers that log in by themselves',
    },
    {
      when: "a token is asked for with what only consumers can do",
      input: { settings: { t: tokens("google"), google: { kind: "gcp" } } },
      says: 'settings["t"].with "google" makes no credential',
    },
    {
      when: "a token is asked for with a plugin whose answer may go nowhere",
      input: { inline: [{ name: "t" }, corp], settings: { t: tokens("corp") } },
      says: 'settings["t"].with "corp" has no hosts under settings',
    },
    {
      when: "a token is asked for after the credential that it is asked for with",
      input: { settings: { push, t: tokens("push") } },
      says: 'settings["t"].with "push" comes before this one',
    },
    {
      when: "a plugin is to be run, and no entry says which",
      input: { file: { providers: [{ name: "other" }] }, settings: { corp: exec } },
      says: 'settings["corp"].kind expected an entry "corp" with an execConfig',
    },
    {
      when: "a plugin is to be run, and its entry does not say what",
      input: { inline: [{ name: "corp" }], settings: { corp: exec } },
      says: 'settings["corp"].kind expected an entry "corp" with an execConfig',
    },
    {
      when: "a plugin's answer may go nowhere",
      input: { inline: [corp], settings: { corp: { kind: "exec" } } },
      says: 'settings["corp"].hosts expected where its credentials may be sent',
    },
    {
      when: "a token of the hub may go nowhere",
      input: { settings: { hub: { kind: "hub-token", serviceAccount: "a/b", hosts: [] } } },
      says: 'settings["hub"].hosts expected where its credentials may be sent',
    },
    {
      when: "two entries of our own have one name",
      input: { inline: [corp, { ...corp, execConfig: { ...corp.execConfig, args: ["-v"] } }] },
      says: 'inline[1].name expected a name of its own, got "corp"',
    },
    {
      when: "an entry of our own has the name of one in the file, and is another",
      input: { file: { providers: [corp] }, inline: [{ name: "corp" }] },
      says: 'inline[0].name expected a name of its own, got "corp"',
    },
    {
      when: "an entry says what a setting says",
      input: { inline: [{ ...corp, hosts }] },
      says: 'inline[0].hosts is not known here; say it in settings["corp"]',
    },
  ])("$when", ({ input, says }) => {
    expect(problems(input)).toEqual([expect.stringContaining(says)]);
  });

  it("a ring of providers that ask each other, at each of them", () => {
    expect(problems({ settings: { a: tokens("b"), b: tokens("c"), c: tokens("a") } })).toEqual([
      expect.stringContaining('settings["a"].with "b" asks for a token itself'),
      expect.stringContaining('settings["b"].with "c" asks for a token itself'),
      expect.stringContaining('settings["c"].with "a" asks for a token itself'),
    ]);
  });

  it.each([
    { kind: "exec", hosts: ["*", "b_d"] },
    { kind: "secret", preset: "none", hosts: ["*", "b_d"] },
    { kind: "secret", preset: "secretreader", hosts: ["*", "b_d"] },
    { kind: "gcp", hosts: ["*", "b_d"] },
  ])("a bad host, once: $kind, preset $preset", (setting) => {
    const paths = readProviders({ inline: [corp], settings: { corp: setting } }).problems.map(({ path }) => path);
    expect(paths.filter((path) => path.includes(".hosts"))).toEqual(['settings["corp"].hosts[0]', 'settings["corp"].hosts[1]']);
  });
});

describe("what is fine stays fine", () => {
  it.each<{ when: string; input: Input }>([
    { when: "a token that is asked for with a Secret", input: { settings: { t: tokens("push"), push } } },
    {
      when: "a token that is asked for with a plugin",
      input: { inline: [{ name: "t" }, corp], settings: { t: tokens("corp"), corp: exec } },
    },
    { when: "the same entry in the file and inline", input: { file: { providers: [corp] }, inline: [corp] } },
    {
      when: "two entries of one name in the file, of which its readers take the first",
      input: { file: { providers: [corp, { name: "corp" }], more: 1 } },
    },
    { when: "settings for a file that could not be read", input: { isFileUnread: true, settings: { t: tokens("x"), corp: exec } } },
  ])("$when", ({ input }) => {
    expect(problems(input)).toEqual([]);
  });

  it("of what has a problem itself nothing more is said", () => {
    expect(
      problems({ inline: [{ ...corp, execConfig: {} }], settings: { corp: exec, t: tokens("push"), push: { kind: "secret" } } }),
    ).toEqual([
      expect.stringContaining("inline[0].execConfig.command"),
      expect.stringContaining("inline[0].execConfig.apiVersion"),
      expect.stringContaining('settings["push"].preset'),
    ]);
  });
});
