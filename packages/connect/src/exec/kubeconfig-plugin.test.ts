import { RollcallError } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { runExecWith } from "./kubeconfig-plugin.ts";

const v1 = "client.authentication.k8s.io/v1";
const answer = `{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"t-1"}}`;
const spec = (script: string, more: object = {}) => ({ apiVersion: v1, command: "sh", args: ["-c", script], env: {}, ...more });
const exec = runExecWith({ path: ["/usr/bin", "/bin"], environment: { PATH: "/usr/bin:/bin", LOGGED_IN: "yes", A: "1" }, deadline: 2000 });

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "it did not fail",
    (error: unknown) => error,
  );
}

describe("the plugin of a kubeconfig", () => {
  it("runs in the environment of whoever starts us, under what the kubeconfig says", async () => {
    const script = `test "$LOGGED_IN $A" = "yes 2" && echo '${answer}'`;
    expect((await exec(spec(script, { env: { A: "2" } }))).token?.reveal()).toBe("t-1");
  });

  it("is told of its server where the kubeconfig wants it", async () => {
    const script = `case "$KUBERNETES_EXEC_INFO" in *'"config":{"a":1}'*'"server":"https://hub.test"'*) echo '${answer}';; esac`;
    const cluster = { server: "https://hub.test", config: { a: 1 } };
    expect((await exec(spec(script, { cluster }))).token?.reveal()).toBe("t-1");
    expect(await failure(exec(spec(script)))).toMatchObject({ reason: "PluginAnswer" });
  });

  it("may say in which folder it looked, and not what else it was given", async () => {
    const env = { HOME: "/srv/ada", TENANT: "secret-of-ada" };
    const failed = await failure(exec(spec(`echo "$TENANT: no login in $HOME" >&2; exit 1`, { env })));
    expect(failed).toMatchObject({ message: expect.stringContaining("it said: [hidden]: no login in /srv/ada") as string });
  });

  it("may not say what it gave before", async () => {
    const again = runExecWith({ path: ["/bin"], environment: {} });
    await again(spec(`echo '${answer.replace("t-1", "canary-1")}'`));
    expect(await failure(again(spec("echo sent canary-1 >&2; exit 1")))).toMatchObject({
      message: expect.stringContaining("it said: sent [hidden]") as string,
    });
  });

  it.each([
    [
      "CommandNotFound",
      spec("", { command: "no-such-plugin", installHint: "get it" }),
      'plugin "no-such-plugin" of the kubeconfig is not there',
    ],
    ["PluginFailed", spec("echo no >&2; exit 1"), "it said: no"],
    ["BadKubeconfig", spec("", { apiVersion: "client.authentication.k8s.io/v1alpha1" }), "known are client.authentication.k8s.io/v1 and"],
  ])("that gives nothing is an error with a reason: %s", async (reason, of, says) => {
    const error = await failure(exec(of));
    expect(error).toBeInstanceOf(RollcallError);
    expect(error).toMatchObject({ reason, message: expect.stringContaining(says) as string });
  });
});
