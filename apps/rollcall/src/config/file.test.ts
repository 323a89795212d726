import { isAbsolute } from "node:path";
import { RollcallError } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { folder } from "../run.test.helper.ts";
import { configFile, problemText } from "./file.ts";

const lists = "lists: [{ name: argocd, consumer: argocd, target: { namespace: argocd } }]";
const head = "apiVersion: rollcall.dev/v1alpha1\nkind: RollcallConfig\ninventory: { namespaces: [fleet] }\n";

async function read(files: Readonly<Record<string, string>>) {
  await using config = await folder(files);
  const answer = await configFile(config.at("rollcall.yaml")).read();
  return { ...answer, path: config.path };
}

/** What is complained about, without the folder that differs from run to run. */
async function complaint(files: Readonly<Record<string, string>>): Promise<string> {
  await using config = await folder(files);
  const error: unknown = await configFile(config.at("rollcall.yaml"))
    .read()
    .then(
      () => undefined,
      (each: unknown) => each,
    );
  expect(error).toBeInstanceOf(RollcallError);
  return (error as RollcallError).message.replaceAll(config.path, "…");
}

describe("a config file", () => {
  it("finds its provider file and its kubeconfigs beside itself, wherever it is read from", async () => {
    const servers = head.replace("[fleet]", "[fleet], kubeconfig: hub.conf");
    const target = lists.replace("namespace: argocd", "namespace: argocd, kubeconfig: ./hub.conf");
    const { config, problems, path } = await read({
      "rollcall.yaml": `${servers}providers: { file: providers.json }\n${target}`,
      "providers.json": '{"providers":[{"name":"corp","execConfig":{"command":"corp","apiVersion":"client.authentication.k8s.io/v1"}}]}',
    });
    expect(problems).toEqual([]);
    expect(config?.providers.map(({ name }) => name)).toEqual(["corp"]);
    // One spelling for one file, so that hub and target are seen to be one server.
    expect(config?.inventory.kubeconfig).toBe(`${path}/hub.conf`);
    expect(config?.lists[0]?.target.kubeconfig).toBe(`${path}/hub.conf`);
  });

  it("takes an absolute path as it is, and names no kubeconfig where none is named", async () => {
    const { config } = await read({ "rollcall.yaml": `${head.replace("[fleet]", "[fleet], kubeconfig: /etc/rollcall/hub")}${lists}` });
    expect(config?.inventory.kubeconfig).toBe("/etc/rollcall/hub");
    expect(config?.lists[0]?.target).toEqual({});
    expect(isAbsolute(config!.inventory.kubeconfig!)).toBe(true);
  });

  it("tells of a provider file that cannot be read together with its other problems, and nothing runs without it", async () => {
    const { config, problems } = await read({ "rollcall.yaml": `${head}providers: { file: none.json, x: 1 }\n${lists}` });
    expect(config).toBeUndefined();
    expect(problems.map(({ path }) => path)).toEqual(["providers.x", "providers.file"]);
    expect(problems[1]?.message).toMatch(/^cannot read .*none\.json \(ENOENT\); name a file that can be read$/);
  });

  it("tells of a provider file that is no YAML at its place", async () => {
    const { problems } = await read({ "rollcall.yaml": `${head}providers: { file: p.json }\n${lists}`, "p.json": '{"providers": [' });
    expect(problems).toEqual([
      { path: "providers.file", message: expect.stringMatching(/p\.json is not YAML that can be read: [^\n]+$/) as string },
    ]);
  });
});

it("a provider file that cannot be read is the one problem: nobody knows what would be in it", async () => {
  const settings = "  settings: { corp: { kind: exec, hosts: [a.example.test] } }";
  const { problems } = await read({ "rollcall.yaml": `${head}providers:\n  file: gone.json\n${settings}\n${lists}` });
  expect(problems.map(({ path }) => path)).toEqual(["providers.file"]);
});

describe("a file that is no config", () => {
  it("is missing", async () => {
    expect(await complaint({})).toBe("cannot read …/rollcall.yaml (ENOENT); name a config that can be read with --config");
  });

  it("is a folder", async () => {
    await using config = await folder({});
    await expect(configFile(config.path).read()).rejects.toThrow(/^cannot read .* \(EISDIR\)/);
  });

  it("is empty", async () => {
    expect((await read({ "rollcall.yaml": "" })).problems).toEqual([{ path: "(the config)", message: "expected an object, got nothing" }]);
  });

  it.each([
    {
      when: "no YAML",
      text: 'lists: [{ name: "argocd" \n secret: [[[',
      says: /^…\/rollcall\.yaml is not YAML that can be read: .* at line 2, column \d+$/,
    },
    {
      when: "several documents",
      text: `${head}${lists}\n---\na: 1`,
      says: /^…\/rollcall\.yaml is not YAML that can be read: .*multiple documents/,
    },
    { when: "nested without end", text: `a: ${"[".repeat(10_000)}`, says: /is not YAML that can be read: [^\n]+$/ },
    { when: "one key twice", text: "kind: a\nkind: b", says: /Map keys must be unique at line 2, column 1$/ },
    {
      when: "made to grow without end",
      text: `a: &a [${"x,".repeat(9)}]\nb: &b [${"*a,".repeat(9)}]\nc: &c [${"*b,".repeat(9)}]\nd: [${"*c,".repeat(9)}]`,
      says: /Excessive alias count/,
    },
  ])("is $when: one line says so", async ({ text, says }) => {
    const message = await complaint({ "rollcall.yaml": text });
    expect(message).toMatch(says);
    expect(message).not.toContain("\n");
  });
});

it("problems are one message, each with its path in a column", () => {
  const problems = [
    { path: "lists[0].consumer", message: 'expected argocd, got "argo"' },
    { path: "lists[0].removal.guard.max", message: "expected a whole number of at least 1, got -1" },
  ];
  expect(problemText("config.yaml", problems)).toBe(
    [
      "config.yaml has 2 problems",
      '  lists[0].consumer           expected argocd, got "argo"',
      "  lists[0].removal.guard.max  expected a whole number of at least 1, got -1",
    ].join("\n"),
  );
  expect(problemText("config.yaml", problems.slice(1))).toContain("config.yaml has 1 problem\n");
});
