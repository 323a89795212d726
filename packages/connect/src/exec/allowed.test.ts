import { isRefusal } from "@rollcall/contract";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { allowedProblems, argumentsOf, variablesOf } from "./allowed.ts";
import { isDeniedArgument, isDeniedVariable } from "./denied.ts";

const id = "[0-9a-f-]{36}";
const someId = "00000000-0000-4000-8000-0000000007e1";
const variables = (env: Readonly<Record<string, string>>) => Object.entries(env).map(([name, value]) => ({ name, value }));

describe("arguments of a profile", () => {
  const allow = { "--tenant-id": id, "--legacy": "", "--region": "[a-z0-9-]+", "-environment": "Azure[A-Za-z]*", "--free": "[^]*" };
  const take = (args: readonly string[], argsPolicy: "" | "Ignore" | "Append" = "Append") => argumentsOf(args, { argsPolicy, args: allow });

  it("are ignored unless the operator appends them", () => {
    expect(argumentsOf(["--tenant-id", someId], { args: allow })).toEqual([]);
    expect([take(["--kubeconfig=/x"], ""), take(["--kubeconfig=/x"], "Ignore")]).toEqual([[], []]);
    expect(argumentsOf({ reason: "BadExecArguments", message: "" }, { argsPolicy: "Ignore" })).toEqual([]);
  });

  it.each([
    [[]],
    [["--tenant-id", someId]],
    [[`--tenant-id=${someId}`, "--legacy", "--region", "eu-west-1"]],
    [["--legacy", "--legacy"]],
    [["-environment=AzureChinaCloud"]],
  ])("are appended where each is allowed: %j", (args) => {
    expect(take(args)).toEqual(args);
  });

  it.each([
    ["a name that is not allowed", ["--client-id", someId], '"--client-id" for the plugin, which is not allowed here'],
    ["an allowed name after one that is not", ["--legacy", "--other"], "not allowed here"],
    ["a value that does not match", ["--tenant-id", "x"], "not with this value"],
    ["a value that matches in part", [`--tenant-id=${someId} --server`], "not with this value"],
    ["a value with a line end", [`--tenant-id=${someId}\n`], "not with this value"],
    ["a value that a terminal obeys", ["--free", "\u001b[2J"], "not with this value"],
    ["a value with a line end that no keyboard has", [`--legacy`, "--free", "a\u2028"], "not with this value"],
    ["a value with the end of a paragraph", ["--free=a\u2029b"], "not with this value"],
    ["a value that is a flag", ["--region", "--server"], "not with this value"],
    ["a value for a flag that has none", ["--legacy", "shell"], "not with this value"],
    ["a value that has no end", ["--region", "a".repeat(513)], "not with this value"],
    ["a word of its own", ["get-token"], "no profile may set"],
    ["the end of all flags", ["--legacy", "--", "x"], "no profile may set"],
    ["nothing", [""], "no profile may set"],
    ["what every object inherits", ["--constructor"], "not allowed here"],
    ["too many", Array.from({ length: 33 }, () => "--legacy"), "more than 32 arguments"],
  ])("are refused for %s", (_, args, why) => {
    expect(take(args)).toEqual({ reason: "ProfileNotAllowed", message: expect.stringContaining(why) as string });
  });

  it("are not held against the pattern where they are longer than any that it is made for", () => {
    const asked = vi.spyOn(RegExp.prototype, "test");
    onTestFinished(() => asked.mockRestore());
    for (const args of [["--free", "a".repeat(513)], [`--free=${"a".repeat(1_000_000)}`]]) expect(take(args)).toHaveProperty("reason");
    expect(asked.mock.calls.filter(([text]) => text.length > 512)).toEqual([]);
  });

  it.each([
    "--authority-host",
    "--oidc-issuer-url",
    "--endpoint-url",
    "--browser-command",
    "--credential-process",
    "--client-assertion",
    "--tls-server-name",
    "--require",
    "--header",
    "--kubeconfig",
    "--server",
    "--token",
    "--token-file",
    "-o",
    "-n",
    "--output",
    "--context",
    "--as",
    "--as-group",
    "--federated-token-file",
    "--cli-input-json",
    "--cli-input-yaml",
  ])("never set %s, whatever the operator allows", (name) => {
    const refused = { reason: "ProfileNotAllowed", message: expect.stringContaining("no profile may set") as string };
    for (const args of [[name, "x"], [`${name}=x`]])
      expect(argumentsOf(args, { argsPolicy: "Append", args: { [name]: ".*" } })).toEqual(refused);
    expect(allowedProblems({ args: { [name]: ".*" } }, "allow")).toHaveLength(1);
  });

  it("that are no list of texts are refused by the reason that was found", () => {
    const refusal = { reason: "BadExecArguments", message: "m" };
    expect(argumentsOf(refusal, { argsPolicy: "Append", args: allow })).toBe(refusal);
  });
});

describe("variables of a profile", () => {
  const allow = { AZURE_CLIENT_ID: id, AZURE_AUTHORITY_HOST: "https://login\\.microsoftonline\\.com/", __proto__x: "" };
  const take = (env: Readonly<Record<string, string>>) => variablesOf(variables(env), { envPolicy: "Replace", env: allow });

  it("are ignored unless the operator takes them", () => {
    const given = variables({ LD_PRELOAD: "/tmp/x" });
    for (const envPolicy of [undefined, "", "Ignore"] as const) expect(variablesOf(given, { envPolicy, env: allow })).toEqual(new Map());
  });

  it("are taken where each is allowed", () => {
    expect(take({ AZURE_CLIENT_ID: someId, AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/" })).toEqual(
      new Map([
        ["AZURE_CLIENT_ID", someId],
        ["AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/"],
      ]),
    );
  });

  it.each([
    ["a name that is not allowed", { AZURE_TENANT_ID: someId }, "not allowed here"],
    ["the same name in other letters", { azure_client_id: someId }, "not allowed here"],
    ["what every object inherits", { constructor: "x" }, "not allowed here"],
    ["a value that does not match", { AZURE_AUTHORITY_HOST: "https://evil.test/" }, "not with this value"],
    ["a name that is none", { "A=B": "x" }, "no profile may set"],
    ["an empty name", { "": "x" }, "no profile may set"],
    ["too many", Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`A${at}`, ""])), "more than 32 variables"],
  ])("are refused for %s", (_, env, why) => {
    const refused = take(env);
    expect(refused).toEqual({ reason: "ProfileNotAllowed", message: expect.stringContaining(why) as string });
    expect(JSON.stringify(refused)).not.toContain("evil");
  });

  it("say where Azure is only as Azure says it, however much the operator allows", () => {
    const host = (value: string) =>
      variablesOf(variables({ AZURE_AUTHORITY_HOST: value }), { envPolicy: "Replace", env: { AZURE_AUTHORITY_HOST: ".*" } });
    for (const value of ["https://login.microsoftonline.us", "https://login.partner.microsoftonline.cn/"])
      expect(host(value)).toBeInstanceOf(Map);
    for (const value of [
      "https://evil.test/",
      "http://login.microsoftonline.com/",
      "https://login.microsoftonline.com.evil.test/",
      "https://login.microsoftonline.com@evil.test/",
    ])
      expect(host(value)).toMatchObject({ reason: "ProfileNotAllowed" });
  });

  it.each([
    [
      "PERL5OPT",
      "_JAVA_OPTIONS",
      "JDK_JAVA_OPTIONS",
      "PROMPT_COMMAND",
      "LESSOPEN",
      "AWS_PAGER",
      "SUDO_ASKPASS",
      "MANPATH",
      "NODE_EXTRA_CA_CERTS",
      "NODE_V8_COVERAGE",
      "ELECTRON_RUN_AS_NODE",
    ],
    [
      "AWS_SHARED_CREDENTIALS_FILE",
      "AWS_ENDPOINT_URL_STS",
      "AWS_EC2_METADATA_SERVICE_ENDPOINT",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      "GCE_METADATA_HOST",
      "GCE_METADATA_IP",
      "GOOGLE_CLOUD_UNIVERSE_DOMAIN",
      "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
      "AZURE_POD_IDENTITY_AUTHORITY_HOST",
      "AZURE_ENVIRONMENT_FILEPATH",
      "AZURE_CONFIG_DIR",
    ],
    [
      "IDENTITY_HEADER",
      "IMDS_ENDPOINT",
      "MSI_SECRET",
      "VAULT_ADDR",
      "DOCKER_HOST",
      "SOCKS5_SERVER",
      "KRB5CCNAME",
      "NETRC",
      "HISTFILE",
      "OPENSSL_CONF",
      "FTP_PROXY",
    ],
    ["AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "GOOGLE_OAUTH_ACCESS_TOKEN", "CLIENT_ASSERTION", "DEBUG", "AZURE_SDK_GO_LOGGING"],
    [
      "LD_PRELOAD",
      "LD_LIBRARY_PATH",
      "DYLD_INSERT_LIBRARIES",
      "PATH",
      "NODE_OPTIONS",
      "PYTHONPATH",
      "PYTHONSTARTUP",
      "BASH_ENV",
      "ENV",
      "IFS",
    ],
    [
      "HTTP_PROXY",
      "https_proxy",
      "No_Proxy",
      "ALL_PROXY",
      "KUBECONFIG",
      "KUBERNETES_SERVICE_HOST",
      "KUBERNETES_EXEC_INFO",
      "SSL_CERT_FILE",
      "SSL_CERT_DIR",
    ],
    ["GIT_SSH_COMMAND", "AWS_CONFIG_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"],
    [
      "GOOGLE_APPLICATION_CREDENTIALS",
      "CLOUDSDK_CONFIG",
      "AZURE_CLIENT_SECRET",
      "AZURE_FEDERATED_TOKEN_FILE",
      "MSI_ENDPOINT",
      "HOME",
      "NAMESPACE",
    ],
    ["GODEBUG", "GOTRACEBACK", "RUBYOPT", "PERL5LIB", "JAVA_TOOL_OPTIONS", "SSLKEYLOGFILE", "XDG_CONFIG_HOME", "HOSTALIASES"],
  ])("never set %s, %s, %s, %s or their like, whatever the operator allows", (...names) => {
    for (const name of names) {
      const env = { [name]: ".*" };
      expect(variablesOf(variables({ [name]: "x" }), { envPolicy: "Replace", env })).toMatchObject({ reason: "ProfileNotAllowed" });
      expect(allowedProblems({ env }, "allow")).toEqual([
        { path: `allow.allowEnv["${name}"]`, message: "may never come from a profile; take it out" },
      ]);
    }
  });

  it("may say which cluster and which identity are meant, one by one", () => {
    for (const name of [
      "AZURE_CLIENT_ID",
      "AZURE_TENANT_ID",
      "AZURE_AUTHORITY_HOST",
      "AWS_REGION",
      "AWS_ROLE_ARN",
      "AWS_PROFILE",
      "GOOGLE_CLOUD_PROJECT",
    ])
      expect([name, isDeniedVariable(name)]).toEqual([name, false]);
    for (const name of ["--tenant-id", "--client-id", "--server-id", "--cluster-name", "--region", "--role-arn", "--login", "-environment"])
      expect([name, isDeniedArgument(name)]).toEqual([name, false]);
  });
});

describe("what an operator allows", () => {
  it("is read as a whole, each problem with its place", () => {
    expect(allowedProblems({ args: { "--a": ".*", "--b": "(a+)+", c: "" }, env: { A: "(", "B C": "" } }, "providers.aks")).toEqual([
      { path: 'providers.aks.allowArgs["--a"]', message: "may never come from a profile; take it out" },
      { path: 'providers.aks.allowArgs["--b"]', message: "may never come from a profile; take it out" },
      { path: 'providers.aks.allowArgs["c"]', message: "may never come from a profile; take it out" },
      { path: 'providers.aks.allowEnv["A"]', message: "the pattern is no regular expression" },
      { path: 'providers.aks.allowEnv["B C"]', message: "may never come from a profile; take it out" },
    ]);
    expect(allowedProblems({}, "x")).toEqual([]);
    expect(allowedProblems({ args: { "--tenant-id": id }, env: { AZURE_CLIENT_ID: id } }, "x")).toEqual([]);
  });

  it("with a broken pattern allows nothing", () => {
    const refused = argumentsOf(["--tenant-id", "x"], { argsPolicy: "Append", args: { "--tenant-id": "(a+)+" } });
    expect(isRefusal(refused) && refused.message).toContain("with a pattern that repeats a group");
  });
});
