import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readProviders } from "./index.ts";

const v1 = "client.authentication.k8s.io/v1";
const plugin = (command: string, more: object = {}) => ({ execConfig: { command, apiVersion: v1, ...more } });
const read = (command: string) => ({ command, args: [], env: [], apiVersion: v1 });

describe("providers are read", () => {
  it("from the provider file that Kubernetes tools share, in its order", () => {
    const file = JSON.parse(
      readFileSync(new URL("./__samples__/support-clusterprofile-provider-file.json", import.meta.url), "utf8"),
    ) as unknown;
    const { providers, problems } = readProviders({ file });
    expect(problems).toEqual([]);
    expect(providers.map(({ name, execConfig }) => `${name} ${execConfig?.command}`)).toEqual([
      "open-cluster-management /plugins/cp-creds",
      "google /plugins/gcp-auth-plugin",
      "eks /plugins/eks-aws-auth-plugin",
      "aks-workload-identity kubelogin",
      "secretreader /plugins/secretreader-plugin",
      "kubeconfig-secretreader /plugins/kubeconfig-secretreader-plugin",
      "token-secretreader /plugins/token-secretreader-plugin",
      "argocd-agent /plugins/argocd-agent-creds",
    ]);
    expect(providers[0]?.execConfig).toEqual({
      command: "/plugins/cp-creds",
      args: ["--managed-serviceaccount=argocd"],
      env: [],
      apiVersion: v1,
      provideClusterInfo: true,
      interactiveMode: "Never",
    });
  });

  it("file first, then inline, then settings alone; the first entry of a name counts and a setting says how it logs in", () => {
    const { providers, problems } = readProviders({
      file: {
        providers: [
          { name: "b", ...plugin("file-b") },
          { name: "a", ...plugin("file-a") },
          { name: "b", ...plugin("again") },
        ],
      },
      inline: [
        { name: "c", ...plugin("inline-c") },
        { name: "a", ...plugin("file-a") },
      ],
      settings: {
        z: { kind: "gcp" },
        c: { kind: "azure", env: { AZURE_CLIENT_ID: "1" } },
        b: { kind: "aws", roleArn: "arn:aws:iam::1:role/x" },
      },
    });
    expect(problems).toEqual([]);
    expect(providers).toEqual([
      { name: "b", execConfig: read("file-b"), login: { kind: "aws", roleArn: "arn:aws:iam::1:role/x" } },
      { name: "a", execConfig: read("file-a") },
      { name: "c", execConfig: read("inline-c"), login: { kind: "azure", env: { AZURE_CLIENT_ID: "1" } } },
      { name: "z", login: { kind: "gcp" } },
    ]);
  });

  it("with what other programs keep in the same file left alone", () => {
    const entry = { name: "a", theirs: { x: 1 }, ...plugin("a", { args: null, env: null, stdinUnavailable: true, interactiveMode: "" }) };
    expect(readProviders({ file: { providers: [entry], version: 2 } })).toEqual({
      providers: [{ name: "a", execConfig: { ...read("a"), interactiveMode: "" } }],
      problems: [],
    });
  });

  it("as none where nothing is configured", () => {
    expect(readProviders({})).toEqual({ providers: [], problems: [] });
  });

  it("with the policies for what a profile says, though a profile is not heard yet", () => {
    const policies = ["", "Ignore", "AppendIfNotExists", "Replace"].map((each, at) => ({
      name: `p${at}`,
      profileSourcedEnvVarsPolicy: each,
    }));
    const args = ["", "Ignore", "Append"].map((each, at) => ({ name: `a${at}`, profileSourcedCLIArgsPolicy: each }));
    expect(readProviders({ inline: [...policies, ...args] }).problems).toEqual([]);
  });
});

describe("what is wrong with providers is said at once, each with its path", () => {
  it.each<{ input: Parameters<typeof readProviders>[0]; problems: readonly string[] }>([
    { input: { file: null }, problems: ["file.providers expected a list of providers, got none"] },
    { input: { file: {} }, problems: ["file.providers expected a list of providers, got none"] },
    { input: { file: { providers: { a: 1 } } }, problems: ["file.providers expected a list of providers, got an object"] },
    { input: { inline: "google" }, problems: ['inline expected a list of providers, got "google"'] },
    { input: { inline: ["google"] }, problems: ["inline[0] expected a provider, got a text"] },
    { input: { inline: [{}] }, problems: ["inline[0].name expected the name under which profiles offer it, got nothing"] },
    { input: { inline: [{ name: "" }] }, problems: ["inline[0].name expected the name under which profiles offer it, got an empty text"] },
    {
      input: {
        file: {
          providers: [
            { name: "a", execConfig: {} },
            { name: "b", execConfig: [] },
          ],
        },
      },
      problems: [
        "file.providers[0].execConfig.command expected the command of the plugin, got nothing",
        "file.providers[0].execConfig.apiVersion expected client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1, got nothing",
        "file.providers[1].execConfig expected a credential plugin, got a list",
      ],
    },
    {
      input: {
        inline: [
          {
            name: "a",
            ...plugin("a", {
              apiVersion: "client.authentication.k8s.io/v1alpha1",
              args: ["ok", 7],
              env: [{ name: "A=B", value: "x" }, { name: "A", value: 1 }, "A=1"],
              installHint: 1,
              provideClusterInfo: "yes",
              interactiveMode: "never",
            }),
            profileSourcedCLIArgsPolicy: "Prepend",
            profileSourcedEnvVarsPolicy: "Append",
          },
        ],
      },
      problems: [
        'inline[0].profileSourcedCLIArgsPolicy expected "" or Ignore or Append, got "Prepend"',
        'inline[0].profileSourcedEnvVarsPolicy expected "" or Ignore or AppendIfNotExists or Replace, got "Append"',
        "inline[0].execConfig.args[1] expected an argument, got a number",
        'inline[0].execConfig.env[0].name expected the name of a variable, without "=", got a text',
        "inline[0].execConfig.env[1].value expected the value of a variable, got a number",
        "inline[0].execConfig.env[2] expected a variable with name and value, got a text",
        'inline[0].execConfig.apiVersion expected client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1, got "client.authentication.k8s.io/v1alpha1"',
        "inline[0].execConfig.installHint expected a hint, got a number",
        "inline[0].execConfig.provideClusterInfo expected true or false, got a text",
        'inline[0].execConfig.interactiveMode expected "" or Never or IfAvailable or Always, got "never"',
      ],
    },
    {
      input: {
        settings: {
          a: { kind: "spire" },
          b: { kind: "aws", clusterName: { from: "annotation", key: "" }, roleArn: 1 },
          c: { kind: "azure", env: { "": "x", A: 1 } },
          d: "gcp",
        },
      },
      problems: [
        'settings["a"].kind expected gcp or aws or azure or exec or secret or token-request or hub-token or reference, got "spire"',
        'settings["b"].roleArn expected the ARN of a role, got a number',
        'settings["b"].clusterName.from expected extension or property or label, got "annotation"',
        'settings["b"].clusterName.key expected the key of the name, got an empty text',
        'settings["c"].env[""] expected the name of a variable, without "=", got an empty text',
        'settings["c"].env["A"] expected the value of a variable, got a number',
        'settings["d"] expected a login, got a text',
      ],
    },
  ])("$problems", ({ input, problems }) => {
    expect(readProviders(input).problems.map(({ path, message }) => `${path} ${message}`)).toEqual(problems);
  });

  it.each([
    ["a variable in one text", { env: ["AZURE_CLIENT_SECRET=canary"] }],
    ["all variables in one text", { env: "AZURE_CLIENT_SECRET=canary" }],
    ["a variable whose name holds its value", { env: [{ name: "X=canary" }] }],
    ["all arguments in one text", { args: "--token=canary" }],
    ["an argument that is none", { args: [99112233] }],
    ["a value without quotes", { env: [{ name: "PIN", value: 99112233 }] }],
    ["a command that is none", { command: 99112233 }],
    ["a hint that is none", { installHint: 99112233 }],
    ["a plugin in one text", "plugin --token=canary"],
  ])("and what may be secret is not shown: %s", (_, execConfig) => {
    const entry = { name: "a", execConfig: typeof execConfig === "string" ? execConfig : { ...read("a"), ...execConfig } };
    const settings = {
      a: { kind: "exec", passEnv: ["TOKEN=canary"], hosts: ["a.test"], allowEnv: { "X=canary": 7 } },
      b: { kind: "azure", env: { AZURE_CLIENT_SECRET: 99112233, "X=canary": "y" } },
    };
    const { problems } = readProviders({ inline: [entry], settings });
    expect(problems.length).toBeGreaterThanOrEqual(4);
    expect(JSON.stringify(problems)).not.toMatch(/canary|99112233/);
  });

  it("and a broken entry keeps its place without a login, so that no other provider takes over", () => {
    const { providers } = readProviders({
      inline: [
        { name: "a", ...plugin("") },
        { name: "b", ...plugin("b") },
        { name: "a", ...plugin("second") },
      ],
      settings: { b: { kind: "nonsense" } },
    });
    expect(providers).toEqual([{ name: "a" }, { name: "b" }]);
  });
});

describe("a setting that is misspelt", () => {
  const problems = (setting: object) =>
    readProviders({ settings: { eks: setting } }).problems.map(({ path, message }) => `${path} ${message}`);

  it("is said, since a role that is left out in silence is another identity", () => {
    expect(problems({ kind: "aws", roleARN: "arn:aws:iam::111122223333:role/argocd" })).toEqual([
      'settings["eks"].roleARN is not known here; known are kind, clusterName, roleArn, profile, hosts',
    ]);
    expect(problems({ kind: "gcp", foo: "bar" })).toEqual(['settings["eks"].foo is not known here; known are kind, hosts']);
    expect(problems({ kind: "azure", env: {}, tenant: "x" })).toEqual([
      'settings["eks"].tenant is not known here; known are kind, env, hosts',
    ]);
    expect(problems({ kind: "aws", clusterName: { from: "label", key: "a", name: "b" } })).toHaveLength(1);
  });

  it("is said of a role that is none", () => {
    expect(problems({ kind: "aws", roleArn: "nonsense" })[0]).toContain(
      'expected the ARN of a role, such as arn:aws:iam::111122223333:role/argocd, got "nonsense"',
    );
    expect(problems({ kind: "aws", roleArn: "arn:aws-cn:iam::111122223333:role/team/argocd" })).toEqual([]);
  });
});
