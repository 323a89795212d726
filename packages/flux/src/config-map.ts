import { nameFrom, refusal, unreadable, type Reachable, type Refusal } from "@rollcall/contract";
import type { ConfigMapOptions, Provider } from "./options.ts";
import { orRefuse, refuse } from "./refuse.ts";

/** What a ConfigMap says to Flux of a cluster and of how to log in to it; refused where Flux would lose some of it in silence. */
export function configMapData(cluster: Reachable, options: ConfigMapOptions): Readonly<Record<string, string>> {
  const { audiences = [], serviceAccountName, lookup = false } = options;
  const provider = options.provider ?? providerOf(cluster);
  const resource = provider === "generic" ? undefined : resourceOf(cluster, provider, options);
  if (resource === undefined && (provider === "aws" || (lookup && provider !== "generic")))
    throw refuse("NoClusterName", `${unsaid(cluster, options)}; Flux needs ${said[provider].what}`);
  return {
    provider,
    ...(resource !== undefined && { cluster: resource }),
    ...(lookup && provider !== "generic" ? viaCloud(cluster) : endpointOf(cluster, provider)),
    ...(audiences.length > 0 && { audiences: audiences.join("\n") }),
    ...(serviceAccountName !== undefined && { serviceAccountName }),
  };
}

/** The cloud that the cluster's own login is about. What else that login says would be lost. */
function providerOf({ id, connection: { login } }: Reachable): Provider {
  switch (login.kind) {
    case "gcp":
      return "gcp";
    case "aws":
      if (login.roleArn === undefined && login.profile === undefined) return "aws";
      throw identityLost(id, "the role or profile that its login names", "aws");
    case "azure": {
      // This one says what Flux does anyway.
      const { AAD_LOGIN_METHOD: method = "workloadidentity", ...others } = login.env;
      if (method === "workloadidentity" && Object.keys(others).length === 0) return "azure";
      throw identityLost(id, "the environment of its login", "azure");
    }
    case "exec":
      throw refuse(
        "PluginNotRead",
        `${id} is logged in to with the plugin of provider "${login.provider}", and Flux runs none; set the list's option configMap.provider to how Flux is to log in, or take configMap away, so that it gets a credential`,
      );
    case "credential":
      throw refuse(
        "CredentialNotRead",
        `a ConfigMap is no place for the credential of ${id} from provider "${login.provider}"; let Flux log in by itself, or take the list's option configMap away, so that it is written to a Secret`,
      );
  }
}

function identityLost(id: string, what: string, provider: Provider): Error {
  return refuse(
    "IdentityNotRead",
    `Flux cannot be told ${what} for ${id}; bind that identity to a ServiceAccount, and set the list's options configMap.serviceAccountName and configMap.provider: ${provider}`,
  );
}

const said: Readonly<Record<Exclude<Provider, "generic">, { readonly what: string; readonly is: RegExp }>> = {
  aws: {
    what: "arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME",
    is: /^arn:aws[-a-z]*:eks:[a-z0-9-]+:\d{12}:cluster\/[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/,
  },
  azure: {
    what: "/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ContainerService/managedClusters/NAME",
    is: /^\/subscriptions\/[^/\s]{36}\/resourceGroups\/[^/\s]{1,200}\/providers\/Microsoft\.ContainerService\/managedClusters\/[^/\s]{1,200}$/i,
  },
  gcp: {
    what: "projects/PROJECT/locations/LOCATION/clusters/NAME",
    is: /^projects\/[^/\s]{1,200}\/locations\/[^/\s]{1,200}\/clusters\/[^/\s]{1,200}$/,
  },
};

/** What the cluster is called in its cloud, if anybody says it. */
function resourceOf(cluster: Reachable, provider: Exclude<Provider, "generic">, options: ConfigMapOptions): string | undefined {
  const name = typeof options.cluster === "string" ? nameFrom(options.cluster, cluster) : wordOf(cluster, options);
  if (name === undefined) return undefined;
  const { what, is } = said[provider];
  const { login } = cluster.connection;
  if (!is.test(name))
    throw refuse(
      "BadClusterName",
      `${cluster.id} is to be ${JSON.stringify(name.slice(0, 200))} in its cloud, and Flux expects ${what}; correct what the list's option configMap.cluster says or points at`,
    );
  if (provider === "aws" && login.kind === "aws" && !name.endsWith(`/${login.clusterName}`))
    throw refuse(
      "AnotherCluster",
      `${cluster.id} is "${login.clusterName}" by its login and ${name} by the list's option configMap.cluster; Flux would log in to another cluster, so correct one of the two`,
    );
  return name;
}

/** Every object seems to have a word named "constructor". */
function wordOf({ labels, properties, access, connection }: Reachable, { cluster: source }: ConfigMapOptions): string | undefined {
  if (source === undefined || typeof source === "string") return undefined;
  const { config } = access.find(({ provider }) => provider === connection.login.provider) ?? {};
  const words: unknown = { label: labels, property: properties, extension: config }[source.from];
  if (typeof words !== "object" || words === null || !Object.hasOwn(words, source.key)) return undefined;
  const word = (words as Readonly<Record<string, unknown>>)[source.key];
  return typeof word === "string" && word !== "" ? word : undefined;
}

function unsaid({ id }: Reachable, { cluster: source }: ConfigMapOptions): string {
  return source === undefined || typeof source === "string"
    ? `nobody says what ${id} is called in its cloud; set the list's option configMap.cluster`
    : `${id} has no ${source.from} ${JSON.stringify(source.key)} that says what it is called in its cloud; set it in its ClusterProfile`;
}

/** Flux asks the cloud where the cluster is, so nothing that its profile says of that can be lost, but for a way around. */
function viaCloud({ id, connection: { proxy, login } }: Reachable): Readonly<Record<string, string>> {
  orRefuse(id, unreadable("flux-generic", { server: "https://cloud", login, ...(proxy !== undefined && { proxy }) }));
  return {};
}

function endpointOf({ id, connection }: Reachable, provider: Provider): Readonly<Record<string, string>> {
  orRefuse(id, unreadable("flux-generic", connection));
  orRefuse(id, provider === "generic" ? undefined : caOfCloud(connection.ca));
  // It is not quoted below: somebody may have put a password in it.
  const address = connection.server.replace(/\/+$/, "");
  if (!/^https:\/\/[^/?#@\s\p{Cc}]+$/u.test(address) || !URL.canParse(address))
    throw refuse(
      "BadServer",
      `the server of ${id} has to be https://HOST or https://HOST:PORT and nothing else for Flux; correct it in its ClusterProfile`,
    );
  return { address, ...(connection.ca && { "ca.crt": connection.ca }) };
}

/** Flux would fetch the cluster's own CA and look for it at an address that may be anybody's. */
function caOfCloud(ca: string | undefined): Refusal | undefined {
  if (ca) return undefined;
  return refusal(
    "CaNeeded",
    "it has no CA, and Flux would take the one that the cloud knows for another address; publish the CA in certificate-authority-data, be it one of the public ones, or set the list's option configMap.lookup, so that Flux asks the cloud for both",
  );
}
