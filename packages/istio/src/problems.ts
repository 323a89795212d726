import { isClusterId } from "./cluster-id.ts";
import { isLabelValue, isReserved } from "./labels.ts";
import type { IstioFilesOptions, IstioOptions, MeshOptions } from "./options.ts";

/** What is wrong in the options, and where: the keys that lead there. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What no type can say of the options of `istio`. */
export function problemsOf(options: IstioOptions): readonly Problem[] {
  const { readers, labels = {} } = options;
  return [
    ...meshProblems(options),
    ...when(readers?.length === 0, ["readers"], 'expected "istio", "kiali" or both; leave the option out for Istio alone'),
    ...Object.entries(labels).flatMap(([key, source]) => [
      ...when(isReserved(key), ["labels", key], "is reserved: by it somebody takes a Secret for something else; ask for another key"),
      ...when(!isKey(key), ["labels", key], "is no key that an API server takes; write it as network or example.com/network"),
      ...when(
        source.from === "value" && !isLabelValue(source.value),
        ["labels", key, "value"],
        'expected the value of a label: at most 63 letters, digits, "-", "_" and ".", a letter or digit first and last',
      ),
    ]),
  ];
}

/** What no type can say of the options of `istioFiles`. */
export function problemsOfFiles(options: IstioFilesOptions): readonly Problem[] {
  return [
    ...meshProblems(options),
    ...when(!isClusterId(options.secret), ["secret"], expectedName(options.secret)), // its clusters' own Secrets are named after it
  ];
}

function meshProblems({ clusterIds = {}, ownId, server, refuse = [] }: MeshOptions): readonly Problem[] {
  const ids = Object.entries(clusterIds);
  return [
    ...ids.flatMap(([cluster, id], at) => [
      ...when(!/^[^/]+\/[^/]+$/.test(cluster), ["clusterIds", cluster], "expected namespace/name of a ClusterProfile"),
      ...when(!isClusterId(id), ["clusterIds", cluster], expectedName(id)),
      ...when(
        ids.slice(0, at).some(([, other]) => other === id),
        ["clusterIds", cluster],
        `gives the ID "${id}" a second time; one cluster alone may have it`,
      ),
    ]),
    ...when(
      ownId === "",
      ["ownId"],
      'expected the ID of the cluster that istiod itself serves, "Kubernetes" unless it was installed with another',
    ),
    ...when(
      server !== undefined && (server.allowed ?? []).length === 0,
      ["server", "allowed"],
      "expected the hosts that a profile may name: whoever writes profiles would choose where credentials are sent otherwise",
    ),
    ...(server?.allowed ?? []).flatMap((host, at) =>
      when(
        !/^(?:\*\.)?(?:[\w-]+(?:\.[\w-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(host) || /^\*.*:\d+$/.test(host),
        ["server", "allowed", at],
        `expected a host such as "api.example.com", "*.example.com" or "10.0.0.1:6443", got ${JSON.stringify(host)}`,
      ),
    ),
    ...refuse.flatMap((url, at) =>
      when(!/^https?:\/\//i.test(url) || !URL.canParse(url), ["refuse", at], `expected the URL of a server, got ${JSON.stringify(url)}`),
    ),
  ];
}

function expectedName(got: string): string {
  return `expected 1 to 63 lower-case letters, digits and "-", a letter or digit first and last, got ${JSON.stringify(got)}`;
}

function isKey(key: string): boolean {
  return /^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/.test(
    key,
  );
}

function when(isWrong: boolean, path: Problem["path"], message: string): readonly Problem[] {
  return isWrong ? [{ path, message }] : [];
}
