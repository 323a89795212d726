import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { commands } from "./commands/commands.ts";
import { checkConfig } from "./config/check.ts";
import { argocdOptions } from "./config/argocd.ts";
import { file, list } from "./config/schema.ts";
import { serve } from "./config/serve.ts";
import { consumers } from "./consumers.ts";
import { folder, rollcall } from "./run.test.helper.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const fences = (page: string, language: string): readonly string[] =>
  page
    .split(`\n\`\`\`${language}\n`)
    .slice(1)
    .map((rest) => rest.split("\n```")[0]!);

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

/** Every key that a schema knows, down to those that hold no others. */
function leaves({ properties, items }: JsonSchema, path: string): readonly string[] {
  if (items?.properties !== undefined) return leaves(items, `${path}[]`);
  if (properties === undefined) return [path];
  return Object.entries(properties).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

const keysOf = (schema: z.ZodType, path: string): readonly string[] =>
  leaves(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema, path);

describe("docs/config.md", () => {
  const page = read("../../../docs/config.md");
  const rows = page.split("\n").flatMap((line) => {
    const [, key, type, fallback, says] = /^\| `([^`]+)`\s*\| (.+?)\s*\| (.+?)\s*\| (.+?)\s*\|$/.exec(line) ?? [];
    return key === undefined ? [] : [{ key, type, fallback, says }];
  });
  const example = parse(fences(page, "yaml")[0]!) as { readonly lists: readonly [{ readonly options: object }] };

  it("says which commands take it", () => {
    expect(page).toContain("Every command but `demo` takes it with `--config FILE`.");
    expect(Object.keys(commands).filter((name) => commands[name]!.flags["config"] === undefined)).toEqual(["demo"]);
  });

  it("has an example that is a config", () => {
    const { config, problems } = checkConfig(example, { providers: [] });
    expect(problems).toEqual([]);
    expect(config?.lists.map(({ name }) => name)).toEqual(["argocd"]);
    expect(config?.providers.map(({ name }) => name)).toEqual(["corp-login", "google", "eks", "aks"]);
  });

  it("has every key in its example", () => {
    const inExample = (path: string): boolean =>
      path.split(/\[\]\.|\./).reduce<unknown>((value, key) => {
        const record = Array.isArray(value) ? (value[0] as unknown) : value;
        return (record as Readonly<Record<string, unknown>> | undefined)?.[key];
      }, example) !== undefined;
    expect([...keysOf(file, ""), ...keysOf(list, "lists[]")].filter((key) => !inExample(key))).toEqual([]);
    expect(Object.keys(argocdOptions.shape).filter((key) => key !== "namespace" && !(key in example.lists[0].options))).toEqual([]);
  });

  it("has a row for every key, and none for what is no key", () => {
    const keys = [...keysOf(file, ""), ...keysOf(list, "lists[]"), "lists[].target"];
    const shown = rows
      .map(({ key }) => key)
      .filter((key) => /^(?:[a-zA-Z]+$|.*\.)/.test(key) && key !== "drain" && key !== "release" && key !== "keep");
    expect(shown.toSorted()).toEqual([...new Set(keys)].toSorted());
  });

  it("names the defaults that there are", () => {
    const { config } = checkConfig({
      apiVersion: "rollcall.dev/v1alpha1",
      kind: "RollcallConfig",
      inventory: { namespaces: ["fleet"] },
      lists: [{ name: "a", consumer: "argocd", target: { namespace: "argocd" } }],
    });
    const { mode, removals, guard } = config!.lists[0]!;
    const seconds = (text: string): number => Number.parseInt(text, 10) * ({ m: 60, h: 3600 }[text.at(-1)!] ?? 1);
    const fallback = (key: string): string => /^`(.*)`$/.exec(rows.find((row) => row.key === key)?.fallback ?? "")?.[1] ?? "";
    expect([fallback("instance"), fallback("state.namespace"), fallback("lists[].mode")]).toEqual([
      config!.instance,
      config!.stateNamespace,
      mode,
    ]);
    for (const [cause, { then, after }] of Object.entries(removals)) {
      expect(fallback(`lists[].removal.${cause}.then`)).toBe(then);
      expect(seconds(fallback(`lists[].removal.${cause}.after`))).toBe(after);
    }
    expect(Number(fallback("lists[].removal.guard.max"))).toBe(guard.max);
    expect(Number(fallback("lists[].removal.guard.percent"))).toBe(guard.percent);
    expect(seconds(fallback("lists[].removal.guard.window"))).toBe(guard.window);
    const { listen, insecure, maxAge, whenHeld } = serve.parse({ tokens: [{ file: "token" }] });
    expect([fallback("serve.listen"), fallback("serve.insecure"), fallback("serve.whenHeld")]).toEqual([
      listen,
      String(insecure),
      whenHeld,
    ]);
    expect(seconds(fallback("serve.maxAge"))).toBe(maxAge);
  });

  it("names every consumer", () => {
    expect(rows.find(({ key }) => key === "lists[].consumer")?.type).toBe(
      Object.keys(consumers)
        .map((name) => `\`${name}\``)
        .join(", "),
    );
  });

  it("shows problems as they are told", async () => {
    const lists = [{ name: "a", consumer: "argo", target: {}, removal: { guard: { max: -1 } } }];
    await using files = await folder({
      "rollcall.yaml": stringify({
        apiVersion: "rollcall.dev/v1alpha1",
        kind: "RollcallConfig",
        inventory: { namespaces: ["fleet"] },
        lists,
      }),
    });
    const { stderr } = await rollcall(["rbac", "--config", files.at("rollcall.yaml")]);
    const lines = stderr.replace(`${files.path}/`, "").split("\n").toSorted();
    expect(fences(page, "text")[0]!.split("\n").toSorted()).toEqual(lines.filter((line) => line !== ""));
  });
});

describe("the README of the program", () => {
  const page = read("../README.md");

  it("names every command and every flag", () => {
    for (const [name, { flags }] of Object.entries(commands)) {
      expect(page).toContain(`rollcall ${name}`);
      for (const flag of Object.keys(flags)) expect(page, `rollcall ${name}`).toMatch(new RegExp(`--${flag}\\b`));
    }
  });
});
