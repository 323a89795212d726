import type { Change, Standing } from "@rollcall/sync";
import { toBase64 } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { diffOf } from "./diff.ts";

const text = (change: Parameters<typeof diffOf>[0], plain: readonly string[] = []): readonly string[] =>
  diffOf(change, { plain }).map(({ mark, text: line }) => `${mark} ${line}`);

const metadata = { name: "paris", namespace: "argocd", labels: {}, annotations: {} };
const kind = (name: string): Standing["kind"] => ({ apiVersion: "v1", kind: name, plural: `${name.toLowerCase()}s` });
const stands = (name: string, more: Partial<Standing>): Standing => ({
  kind: kind(name),
  key: `${name}/argocd/paris`,
  list: "argocd",
  metadata,
  hashes: {},
  plain: {},
  ...more,
});
const change = (standing: Standing, patch: object, object: object): Extract<Change, { do: "change" }> => ({
  do: "change",
  key: standing.key,
  standing,
  patch: { metadata: { uid: "1", resourceVersion: "1" }, ...patch },
  object: { apiVersion: "v1", kind: standing.kind.kind, metadata, ...object },
  changes: [],
});

describe("a diff", () => {
  it("never shows what a Secret holds, made or changed or taken away, but its plain keys", () => {
    const data = { token: toBase64("canary"), name: toBase64("paris") };
    const made: Change = { do: "create", key: "x", object: { apiVersion: "v1", kind: "Secret", metadata: { name: "paris" }, data } };
    expect(text(made, ["name"]).slice(-2)).toEqual([expect.stringMatching(/^\+ {3}token: sha256:[0-9a-f]{8}$/), "+   name: paris"]);
    const standing = stands("Secret", { hashes: { token: "AAAAAAAA", old: "BBBBBBBB", name: "CCCCCCCC" }, plain: { name: "lima" } });
    expect(text(change(standing, { data: { ...data, old: null } }, { data }), ["name"])).toEqual([
      "  data:",
      "-   token: sha256:00000000",
      expect.stringMatching(/^\+ {3}token: sha256:[0-9a-f]{8}$/),
      "-   name: lima",
      "+   name: paris",
      "-   old: sha256:04104104",
    ]);
  });

  it("shows what is no Secret as it is", () => {
    const whole = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { list: "a" }, spec: { clusters: ["a"] } };
    const spec = { clusters: ["a", "b"] };
    expect(text(change(stands("ConfigMap", { whole }), { data: { list: "b" }, spec }, { data: { list: "b" }, spec }))).toEqual([
      "  data:",
      "-   list: a",
      "+   list: b",
      "- spec:",
      "-   clusters:",
      "-     - a",
      "+ spec:",
      "+   clusters:",
      "+     - a",
      "+     - b",
    ]);
  });

  it("says each label and annotation as it was and as it will be, below one metadata", () => {
    const standing = stands("Secret", { metadata: { ...metadata, labels: { env: "prod", old: "x" }, annotations: { note: "a" } } });
    const patch = { metadata: { uid: "1", resourceVersion: "1", labels: { env: "dev", old: null, new: "z" }, annotations: { note: "b" } } };
    expect(text(change(standing, patch, {}))).toEqual([
      "  metadata:",
      "    labels:",
      "-     env: prod",
      "+     env: dev",
      "-     old: x",
      "+     new: z",
      "    annotations:",
      "-     note: a",
      "+     note: b",
    ]);
  });

  it("spells out what would write over the terminal", () => {
    const standing = stands("Secret", { metadata: { ...metadata, labels: { env: "a\u202eb" } } });
    const patch = { metadata: { uid: "1", resourceVersion: "1", labels: { env: "c\u001b[2J" } } };
    const all = text(change(standing, patch, {})).join();
    for (const char of ["\u001b", "\u202e"]) expect(all).not.toContain(char);
  });
});
