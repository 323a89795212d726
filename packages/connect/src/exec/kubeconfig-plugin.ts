import { isRefusal, RollcallError } from "@rollcall/contract";
import type { ExecSpec, RunExec } from "@rollcall/kube";
import { commandsIn } from "./command.ts";
import { callPlugin } from "./plugin.ts";
import { execApiVersions, execInfo } from "./protocol.ts";
import type { ExecOptions } from "./resolve.ts";

/** What running a kubeconfig's plugin needs: unlike a provider's, it is the operator's own login and gets the environment as it is. */
export type KubeconfigExecOptions = Required<Pick<ExecOptions, "path" | "environment">> &
  Pick<ExecOptions, "deadline" | "longestLife" | "now">;

/** Runs the credential plugin of a kubeconfig's user. */
export function runExecWith({ path, environment, deadline, longestLife, now = Date.now }: KubeconfigExecOptions): RunExec {
  const find = commandsIn(path ?? []);
  /** What it gave last, which it may repeat when it gives nothing any more. */
  let secrets: readonly string[] = [];
  return async ({ apiVersion, command, args, env, installHint, cluster }: ExecSpec) => {
    const what = `plugin ${JSON.stringify(command)} of the kubeconfig`;
    if (!execApiVersions.includes(apiVersion))
      throw new RollcallError(
        "BadKubeconfig",
        `${what} asks for ${JSON.stringify(apiVersion)}, known are ${execApiVersions.join(" and ")}`,
        {
          retry: false,
        },
      );
    const given = Object.entries({ ...environment, ...env }).filter((each): each is [string, string] => each[1] !== undefined);
    const whole = Object.fromEntries([...given, ["KUBERNETES_EXEC_INFO", execInfo(apiVersion, cluster)]]);
    const answer = await callPlugin(
      { what, command, args, env: whole, apiVersion, installHint, secrets },
      { find, deadline, longestLife, now },
    );
    if (isRefusal(answer)) throw new RollcallError(answer.reason, answer.message, { retry: true });
    secrets = [answer.token, answer.clientCertificate?.key].flatMap((each) => each?.reveal() ?? []);
    return answer;
  };
}
