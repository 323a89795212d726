import { readdirSync, readFileSync } from "node:fs";
import { readProviders } from "@rollcall/connect";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkConfig } from "./config/check.ts";
import { newMetrics } from "./metrics.ts";

const docs = new URL("../../../docs/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, docs), "utf8");
const copied = readdirSync(new URL("logins/", docs)).map((file) => `logins/${file}`);

interface Example {
  readonly page: string;
  readonly at: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** The provider file that the page shows before it. */
  readonly file?: unknown;
}

const examples = ["logins.md", ...copied].flatMap((page): readonly Example[] => {
  let file: unknown;
  return [...read(page).matchAll(/^ *```(yaml|json)\n([^]*?)\n *```$/gm)].flatMap(([, language, text], at) => {
    const value = parse(text!, { strict: true }) as Example["value"];
    if (language === "yaml") return [{ page, at: at + 1, value, ...(file !== undefined && { file }) }];
    file = value;
    return [];
  });
});
const isOurs = ({ value }: Example): boolean => "providers" in value;

const around = {
  apiVersion: "rollcall.dev/v1alpha1",
  kind: "RollcallConfig",
  inventory: { namespaces: ["fleet"] },
  lists: [{ name: "argocd", consumer: "argocd", target: { namespace: "argocd" } }],
};

describe("what the pages about logins show", () => {
  it.each(examples.filter(isOurs))("is a config without a problem: $page, example $at", ({ value, file }) => {
    const { config, problems } = checkConfig({ ...around, ...value }, file);
    expect(problems).toEqual([]);
    // A setting for a name that the file on the page does not have would be a plugin without a program.
    const bare = config!.providers.filter(({ credential, execConfig }) => credential?.kind === "exec" && execConfig === undefined);
    expect(bare).toEqual([]);
  });

  it.each(examples.filter((each) => !isOurs(each)))("is an object of Kubernetes: $page, example $at", ({ value }) => {
    expect(value).toMatchObject({ apiVersion: expect.any(String) as string, kind: expect.any(String) as string });
  });

  it.each(copied)("can be found from docs/logins.md, and says whom our tests do not contact: %s", (page) => {
    expect(read("logins.md")).toContain(`(${page})`);
    expect(read(page)).toContain("not contacted in our tests");
  });

  it("names every metric about credentials", () => {
    const status = { provider: "push", isHeld: true, expiresAt: 1, failing: { reason: "NoKey", message: "" } };
    const text = newMetrics().text({
      lists: new Map(),
      heardAgo: new Map(),
      heartbeats: [],
      credentials: new Map([["fleet/paris", [status]]]),
      isReady: true,
    });
    const names = new Set([...text.matchAll(/^rollcall_credential\w*/gm)].map(([name]) => name));
    expect(names.size).toBeGreaterThan(2);
    expect([...names].filter((name) => !read("logins.md").includes(`\`${name}\``))).toEqual([]);
  });
});

const sorted = (words: readonly string[]): readonly string[] => [...new Set(words)].toSorted();

describe("docs/config.md", () => {
  const section = read("config.md").split("### What a setting of a provider says\n")[1]?.split("\n### ")[0] ?? "";
  const rows = [...section.matchAll(/^\| `(\w+)`\s*\| (.+?)\s*\| (.+?)\s*\|$/gm)].map(([, key, kinds]) => ({ key: key!, kinds: kinds! }));
  const wordsOf = (setting: object): readonly string[] => {
    const { problems } = readProviders({ settings: { x: { ...setting, nonsense: 1 } } });
    const { message = "" } = problems.find(({ path }) => path.endsWith(".nonsense")) ?? {};
    return message.split("known are ")[1]?.split(", ") ?? [];
  };
  const kinds = (readProviders({ settings: { x: { kind: "nonsense" } } }).problems[0]?.message ?? "")
    .replace(/^expected (.*), got .*$/, "$1")
    .split(" or ");

  it("has a row for every key of a provider's setting, with the kinds that have it", () => {
    expect(kinds).toContain("hub-token");
    const said = kinds.flatMap((kind) => {
      const presets = kind === "secret" ? ["secretreader", "push", "managed-service-account"] : [undefined];
      return presets.flatMap((preset) => wordsOf({ kind, preset }).map((key) => ({ key, kind })));
    });
    const known = [...Map.groupBy(said, ({ key }) => key)].map(([key, of]) => [key, sorted(of.map(({ kind }) => kind))] as const);
    const shown = rows.map(({ key, kinds: of }) => {
      const named = [...of.matchAll(/`([^`]+)`/g)].map(([, kind]) => kind!);
      return [key, sorted(of === "all" ? kinds : named)] as const;
    });
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(known));
    expect(shown.length).toBe(known.length);
  });
});
