import { describe, expect, it } from "vitest";
import type { Problem } from "../expect.ts";
import { pluginCall } from "./environment.ts";
import { pluginRules, readPluginSetting } from "./read-setting.ts";

function read(setting: unknown) {
  const problems: Problem[] = [];
  return { setting: readPluginSetting(setting, "aks", problems), problems: problems.map(({ path, message }) => `${path} ${message}`) };
}

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const whole = {
  kind: "exec",
  passEnv: ["HOME"],
  allowArgs: { "--tenant-id": uuid },
  allowEnv: { AZURE_CLIENT_ID: uuid },
  hosts: ["*.azmk8s.io"],
};

describe("what an operator says of a plugin", () => {
  it("is read", () => {
    expect(read(whole)).toEqual({ setting: whole, problems: [] });
    expect(read({ kind: "exec" })).toEqual({ setting: { kind: "exec" }, problems: [] });
  });

  it("is said to be wrong where it is, all at once", () => {
    const wrong = {
      kind: "exe",
      passEnv: ["A=B", 7],
      allowArgs: { "--server": "", "--tenant-id": 7 },
      allowEnv: ["A"],
      hosts: ["*"],
      pasEnv: [],
    };
    expect(read(wrong).problems).toEqual([
      'aks.kind expected exec, got "exe"',
      "aks.pasEnv is not known here; known are kind, passEnv, allowArgs, allowEnv, hosts",
      'aks.passEnv[0] expected the name of a variable, without "=", got a text',
      'aks.passEnv[1] expected the name of a variable, without "=", got a number',
      'aks.allowArgs["--tenant-id"] expected a pattern, got a number',
      "aks.allowEnv expected patterns by name, got a list",
      expect.stringMatching(/^aks\.hosts\[0\] /),
      'aks.allowArgs["--server"] may never come from a profile; take it out',
    ]);
    expect(read("exec")).toMatchObject({ setting: undefined, problems: ["aks expected how its plugin is run, got a text"] });
  });

  it("counts together with the policies of the plugin's entry", () => {
    const access = { env: [{ name: "AZURE_CLIENT_ID", value: "00000000-0000-4000-8000-00000000c11e" }] };
    const execConfig = { command: "/plugins/kubelogin", apiVersion: "client.authentication.k8s.io/v1" };
    const call = (rules: ReturnType<typeof pluginRules>) =>
      pluginCall({ execConfig, access, rules, endpoint: { server: "https://a" }, path: [], environment: { HOME: "/h" } });
    const setting = read(whole).setting!;
    expect(call(pluginRules({}))).toMatchObject({ env: { PATH: "" } });
    expect(call(pluginRules({ profileSourcedEnvVarsPolicy: "Ignore" }, setting))).toMatchObject({ env: { HOME: "/h" } });
    expect(call(pluginRules({ profileSourcedEnvVarsPolicy: "Replace" }, setting))).toMatchObject({
      env: { AZURE_CLIENT_ID: "00000000-0000-4000-8000-00000000c11e" },
    });
    expect(call(pluginRules({ profileSourcedEnvVarsPolicy: "Replace" }))).toMatchObject({ reason: "ProfileNotAllowed" });
  });
});
