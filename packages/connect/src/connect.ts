import { type Access, type Cluster, type Endpoint, isRefusal, type Login, type Reachable, type Refusal, refusal } from "@rollcall/contract";
import type { Provider } from "./provider.ts";
import { referenceOf } from "./reference.ts";

/**
 * The cluster with a connection that the given login asks for, or a refusal that says why not and what to do.
 * The first configured provider that the profile offers is the one, even where it leads nowhere: which login is used must never
 * depend on what a profile happens to break.
 */
export async function connect(cluster: Cluster, login: Login, providers: readonly Provider[]): Promise<Reachable | Refusal> {
  if (isRefusal(login)) return login;
  const way = wayIn(cluster, providers);
  if (isRefusal(way)) return way;
  if (login === "with a credential from us")
    return refusal("NoCredentials", "nobody is there to make credentials; connect with the logins of newLogins");
  const reference = referenceOf(cluster, way.access, way.provider);
  return isRefusal(reference) ? reference : { ...cluster, connection: { ...way.endpoint, login: reference } };
}

/** The way in that is used, or why there is none. */
export interface WayIn {
  readonly access: Access;
  readonly endpoint: Endpoint;
  readonly provider: Provider;
}

/** The first configured provider that the profile offers, checked. */
export function wayIn(cluster: Cluster, providers: readonly Provider[]): WayIn | Refusal {
  const match = firstMatch(cluster, providers);
  if (isRefusal(match)) return match;
  const { access, provider } = match;
  if (isRefusal(access.endpoint)) return access.endpoint;
  if (access.endpoint.insecure)
    return refusal(
      "InsecureEndpoint",
      `provider ${quoted(provider.name)} of the profile switches TLS verification off; publish the CA in certificate-authority-data instead`,
    );
  return { access, endpoint: access.endpoint, provider };
}

function firstMatch(
  { id, access }: Cluster,
  providers: readonly Provider[],
): { readonly access: Access; readonly provider: Provider } | Refusal {
  if (access.length === 0)
    return refusal("NoAccess", `profile ${id} offers no way in; its cluster manager has to publish status.accessProviders`);
  for (const provider of providers) {
    const offered = access.find((each) => each.provider === provider.name);
    if (offered !== undefined) return { access: offered, provider };
  }
  const [offered, configured] = [access.map((each) => each.provider), providers.map((each) => each.name)].map(all);
  return refusal("NoProvider", `profile ${id} offers ${offered}, configured is ${configured}; configure one that the profile offers`);
}

function all(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const more = names.length > 10 ? ` and ${names.length - 10} more` : "";
  return names.slice(0, 10).map(quoted).join(", ") + more;
}

/** A name that a stranger may have chosen: one line, and cut. */
function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
