import { isRefusal, type Refusal, refusal } from "@rollcall/contract";
import type { Provider } from "../provider.ts";
import type { Ask, Resolve, Resolved } from "../resolve.ts";
import { commandsIn } from "./command.ts";
import { pluginCall, type PluginRules } from "./environment.ts";
import { callPlugin } from "./plugin.ts";

/** How plugins are run here. */
export interface ExecOptions {
  /** The folders in which commands are looked up that are no whole path; a plugin gets them as its PATH, too. */
  readonly path?: readonly string[] | undefined;
  /** Our own environment; a plugin is given only what the rules for it pass. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the operator says of the plugin of a provider. */
  readonly rules?: ((provider: Provider) => PluginRules | undefined) | undefined;
  /** Milliseconds that a plugin may take; 15 s unless said otherwise. */
  readonly deadline?: number | undefined;
  /** Milliseconds that a credential is believed to last at most; 30 days unless said otherwise. */
  readonly longestLife?: number | undefined;
  readonly now?: (() => number) | undefined;
}

const usualPath: readonly string[] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Gets credentials by running the plugin that the operator configured for a provider, once per ask. */
export function execResolve({
  path = usualPath,
  environment = {},
  rules,
  deadline,
  longestLife,
  now = Date.now,
}: ExecOptions = {}): Resolve {
  const find = commandsIn(path);
  return async ({ access, endpoint, provider, known }: Ask, signal): Promise<Resolved | Refusal> => {
    const { name, execConfig } = provider;
    if (execConfig === undefined) return refusal("NoLogin", `provider ${JSON.stringify(name)} has no execConfig; give it one`);
    const call = pluginCall({ execConfig, endpoint, access, rules: rules?.(provider) ?? {}, path, environment });
    if (isRefusal(call)) return call;
    const { command, apiVersion, installHint } = execConfig;
    const what = `plugin ${JSON.stringify(command)} of provider ${JSON.stringify(name)}`;
    const secrets = known?.map((each) => each.reveal());
    const given = await callPlugin(
      { what, command, ...call, apiVersion, installHint, secrets },
      { find, deadline, signal, longestLife, now },
    );
    return isRefusal(given) ? given : { credential: { kind: "credential", provider: name, ...given } };
  };
}
