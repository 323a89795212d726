import { once } from "node:events";
import { text } from "node:stream/consumers";
import { ApiError } from "@rollcall/kube";
import { describe, expect, it, vi } from "vitest";
import { commands, usage } from "./commands/commands.ts";
import { asProcess, folder, rollcall, start } from "./run.test.helper.ts";

describe("rollcall", () => {
  it("without a command says how it is called, and that this was none", async () => {
    expect(await rollcall([])).toEqual({ code: 1, stdout: usage(), stderr: "" });
  });

  it.each([[["help"]], [["--help"]], [["-h"]]])("%j says how it is called", async (args) => {
    expect(await rollcall(args)).toEqual({ code: 0, stdout: usage(), stderr: "" });
  });

  it.each(Object.keys(commands))("%s --help names every flag that it takes", async (name) => {
    const { code, stdout, stderr } = await rollcall([name, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`usage: rollcall ${name}`);
    for (const [flag, { short }] of Object.entries(commands[name]!.flags)) expect(stdout).toMatch(new RegExp(`--${flag}\\b|-${short} `));
  });

  it("something that should not happen is one line too", async () => {
    const fails = vi.spyOn(commands["demo"]!, "run").mockRejectedValue(new TypeError("a is not\na function"));
    const ran = await rollcall(["demo"]);
    fails.mockRestore();
    expect(ran).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "rollcall: something went wrong that should not; please report it with how it came about (TypeError: a is not\\u000aa function)\n",
    });
  });

  it.each([
    { name: "status", args: [], says: "rollcall rbac --config FILE --for viewer --service-account NAMESPACE/NAME" },
    { name: "detach", args: ["argocd"], says: "it takes the rights of an administrator of that server" },
  ])("$name says what to do where a server does not allow it", async ({ name, args, says }) => {
    const forbidden = new ApiError(403, "Forbidden", "patch configmaps: 403 no");
    const fails = vi.spyOn(commands[name]!, "run").mockRejectedValue(forbidden);
    const { code, stderr } = await rollcall([name, ...args, "--config", "x"]);
    fails.mockRestore();
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^rollcall: patch configmaps: 403 no; /) as string });
    expect(stderr).toContain(says);
  });

  it("help COMMAND is COMMAND --help", async () => {
    expect(await rollcall(["help", "render"])).toEqual({ code: 0, stdout: usage("render"), stderr: "" });
  });

  const all = Object.keys(commands).join(", ");
  it.each([
    { args: ["frobnicate"], says: `there is no command "frobnicate"; there are ${all}` },
    { args: ["constructor"], says: `there is no command "constructor"; there are ${all}` },
    { args: ["a\u001b[2Jb"], says: `there is no command "a\\u001b[2Jb"; there are ${all}` },
    { args: ["help", "nonsense"], says: `there is no command "nonsense"; there are ${all}` },
    { args: ["ack"], says: "LIST is missing; see rollcall ack --help" },
    { args: ["ack", "argocd", "-c", "x"], says: "DIGEST is missing; see rollcall ack --help" },
    { args: ["ack", "argocd", "0123456789", "b"], says: '"b" is not expected there, it comes after LIST DIGEST; see rollcall ack --help' },
    { args: ["sync"], says: "--config is needed; --help says what for" },
    { args: ["rbac"], says: "--config is needed; --help says what for" },
    { args: ["render", "--config", ""], says: "--config is needed; --help says what for" },
    { args: ["render", "--fast"], says: "Unknown option '--fast'; see rollcall render --help" },
    { args: ["demo", "-x"], says: "Unknown option '-x'; see rollcall demo --help" },
    { args: ["sync", "--config"], says: "Option '-c, --config <value>' argument missing; see rollcall sync --help" },
    { args: ["render", "-f", "--config", "a"], says: "Option '-f' argument is ambiguous; see rollcall render --help" },
    {
      args: ["render", "-f", "a.yaml", "b.yaml"],
      says: '"b.yaml" is not expected there, every value follows its flag; see rollcall render --help',
    },
    { args: ["sync", "--config", "none.yaml"], says: "cannot read none.yaml (ENOENT); name a config that can be read with --config" },
    { args: ["rbac", "--config", "none.yaml"], says: "cannot read none.yaml (ENOENT); name a config that can be read with --config" },
  ])("$args ends with 1 and one line", async ({ args, says }) => {
    expect(await rollcall(args)).toEqual({ code: 1, stdout: "", stderr: `rollcall: ${says}\n` });
  });

  it("a server that cannot be found ends sync with 1 and one line", async () => {
    await using files = await folder({
      "rollcall.yaml":
        "{ apiVersion: rollcall.dev/v1alpha1, kind: RollcallConfig, inventory: { namespaces: [fleet], kubeconfig: none }, lists: [{ name: a, consumer: argocd, target: { namespace: argocd } }] }",
    });
    const { code, stderr } = await rollcall(["sync", "--config", files.at("rollcall.yaml")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^rollcall: cannot read .*\/none; name a kubeconfig[^\n]*\n$/);
  });
});

describe("rollcall as a process", { timeout: 30_000 }, () => {
  it("ends with the code and the words of its command", async () => {
    expect(await asProcess(["sync"])).toEqual({ code: 1, stdout: "", stderr: "rollcall: --config is needed; --help says what for\n" });
    expect(await asProcess(["help", "render"])).toEqual({ code: 0, stdout: usage("render"), stderr: "" });
  });

  it("a config that cannot be used ends sync with 1 and all its problems, before any server is asked", async () => {
    await using files = await folder({ "rollcall.yaml": "kind: RollcallConfig\nlists: []\n" });
    const { code, stdout, stderr } = await asProcess(["sync", "--config", files.at("rollcall.yaml")]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.replaceAll(files.path, "…")).toBe(
      [
        "…/rollcall.yaml has 3 problems",
        "  apiVersion  expected rollcall.dev/v1alpha1, got nothing",
        "  inventory   expected an object, got nothing",
        "  lists       expected at least one list, got an empty list",
        "",
      ].join("\n"),
    );
  });

  it("ends without a word when its reader has read enough", async () => {
    const child = start(["demo"]);
    child.stdout.destroy();
    const [stderr] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect({ code: child.exitCode, stderr }).toEqual({ code: 1, stderr: "" });
  });
});
