import { type Access, isRefusal, type Refusal, refusal } from "@rollcall/contract";
import { endpointOf } from "./endpoint.ts";
import { fields, items, quoted, text } from "./json.ts";

const execExtension = "client.authentication.k8s.io/exec";
const argsExtension = "clusterprofiles.multicluster.x-k8s.io/exec/additional-args";
const envExtension = "clusterprofiles.multicluster.x-k8s.io/exec/additional-envs";
const deepest = 32;
const mostValues = 10_000;

/**
 * All ways in that a profile's status offers: the deprecated list, overridden by name.
 * Sorted, because the order in a profile means nothing and a new order is no change.
 */
export function accessOf(status: unknown): readonly Access[] {
  const { credentialProviders, accessProviders } = fields(status);
  const offered = new Map([...byName(credentialProviders), ...byName(accessProviders)]);
  return [...offered.values()].sort((a, b) => (a.provider < b.provider ? -1 : 1));
}

function byName(providers: unknown): ReadonlyMap<string, Access> {
  const offered = new Map<string, Access>();
  for (const each of items(providers)) {
    const { name, cluster } = fields(each);
    const provider = text(name) ?? "";
    offered.set(provider, offered.has(provider) && provider !== "" ? twice(provider) : wayIn(provider, cluster));
  }
  return offered;
}

function wayIn(provider: string, cluster: unknown): Access {
  if (provider === "") return refused(provider, refusal("NoProviderName", "it has no name; its cluster manager has to name it"));
  const endpoint = endpointOf(cluster);
  if (isRefusal(endpoint)) return refused(provider, endpoint);
  const [config, args, env] = [execExtension, argsExtension, envExtension].map((name) => extension(cluster, name));
  const unfit = config === undefined ? undefined : whyUnfit(config);
  if (unfit === undefined)
    return {
      provider,
      endpoint,
      ...(config !== undefined && { config }),
      ...(args !== undefined && { args: argumentsOf(args) }),
      ...(env !== undefined && { env: variablesOf(env) }),
    };
  return refused(provider, refusal("BadExecExtension", `its extension ${execExtension} ${unfit}; correct it in the profile`));
}

function twice(provider: string): Access {
  return refused(
    provider,
    refusal("DuplicateProvider", "it is there twice, and which one is meant is not known; take one out of the profile"),
  );
}

function refused(provider: string, { reason, message }: Refusal): Access {
  return { provider, endpoint: refusal(reason, `provider ${quoted(provider)} of the profile: ${message}`) };
}

/** What the profile says to programs that know this name. */
function extension(cluster: unknown, known: string): unknown {
  const first = items(fields(cluster)["extensions"]).find((each) => fields(each)["name"] === known);
  return fields(first)["extension"] ?? undefined;
}

// Most operators ignore both of these, so what is wrong with them is a word about them alone and not about the way in.
function argumentsOf(value: unknown): readonly string[] | Refusal {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  return refusal("BadExecArguments", `extension ${argsExtension} of the profile is no list of texts; correct it in the profile`);
}

/** By name, because the order of a map means nothing. */
function variablesOf(value: unknown): NonNullable<Access["env"]> {
  const entries = Object.entries(fields(value));
  if (typeof value === "object" && !Array.isArray(value) && entries.every((each): each is [string, string] => typeof each[1] === "string"))
    return entries.map(([name, each]) => ({ name, value: each })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return refusal("BadExecVariables", `extension ${envExtension} of the profile is no map of texts; correct it in the profile`);
}

/** Says why a value could not be handed on as it is; walks without recursion and with an end, because a stranger wrote it. */
function whyUnfit(config: unknown): string | undefined {
  if (typeof config !== "object" || Array.isArray(config)) return "is no object";
  const rest: { readonly value: unknown; readonly depth: number }[] = [{ value: config, depth: 0 }];
  for (let at = 0; at < rest.length; at += 1) {
    const { value, depth } = rest[at]!;
    // A larger whole number that is no BigInt was rounded when it was read, so a plugin would be told something else.
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) return "holds a number above 2^53, which has to be written as text";
    if (typeof value !== "object" || value === null) continue;
    const inner = Object.values(value);
    if (depth >= deepest) return `is nested more than ${deepest} deep`;
    if (rest.length + inner.length > mostValues) return `holds more than ${mostValues} values`;
    for (const each of inner) rest.push({ value: each, depth: depth + 1 });
  }
  return undefined;
}
