import { type Access, type Endpoint, isRefusal, type Refusal } from "@rollcall/contract";
import type { ExecConfig } from "../provider.ts";
import { argumentsOf, type ProfileSourced, variablesOf } from "./allowed.ts";
import { execInfo } from "./protocol.ts";

/** What an operator says of a plugin beside its entry in the provider file. */
export interface PluginRules {
  /** Variables of our own environment that it is given; all others stay here, our own login among them. */
  readonly passEnv?: readonly string[] | undefined;
  /** What the profile may add. */
  readonly fromProfile?: ProfileSourced | undefined;
}

/** All that one call of a plugin is made from. */
export interface CallInput {
  readonly execConfig: ExecConfig;
  readonly endpoint: Endpoint;
  readonly access: Pick<Access, "config" | "args" | "env">;
  readonly rules: PluginRules;
  /** The folders in which a plugin finds the programs that it needs. */
  readonly path: readonly string[];
  /** Our own environment, of which only what is passed is read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How a plugin is called for one cluster. */
export interface PluginCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The arguments and the whole environment of a plugin for one cluster. Everything is made anew with each call, out of nothing but what is
 * handed in, so that nothing of one cluster can reach the call of another.
 */
export function pluginCall({ execConfig, endpoint, access, rules, path, environment }: CallInput): PluginCall | Refusal {
  const fromProfile = rules.fromProfile ?? {};
  const args = argumentsOf(access.args, fromProfile);
  if (isRefusal(args)) return args;
  const variables = variablesOf(access.env, fromProfile);
  if (isRefusal(variables)) return variables;
  const env = new Map([["PATH", path.join(":")]]);
  for (const name of rules.passEnv ?? []) {
    const value: unknown = environment[name];
    if (typeof value === "string") env.set(name, value);
  }
  for (const { name, value } of execConfig.env ?? []) env.set(name, value);
  for (const [name, value] of variables) if (fromProfile.envPolicy === "Replace" || !env.has(name)) env.set(name, value);
  const cluster = execConfig.provideClusterInfo ? { ...endpoint, config: access.config } : undefined;
  env.set("KUBERNETES_EXEC_INFO", execInfo(execConfig.apiVersion, cluster));
  return { args: [...(execConfig.args ?? []), ...args], env: Object.fromEntries(env) };
}
