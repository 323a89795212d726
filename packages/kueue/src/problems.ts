import type { KueueOptions } from "./options.ts";

/** What is wrong in the options, and where: the keys that lead there. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const prefixes = /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)*[a-z0-9][-a-z0-9]*\.?$/;

/** What no type can say of the options: everything for which an API server or Kueue would not do what was asked. */
export function problemsOf(options: KueueOptions): readonly Problem[] {
  const { namespace, config, clusterSource, providers, prefix = "", version, refuse = [] } = options;
  const most = version === "v1beta1" ? 10 : 20;
  return [
    ...when(!label.test(namespace), ["namespace"], `expected Kueue's own namespace, got ${JSON.stringify(namespace)}`),
    ...when(
      !label.test(config),
      ["config"],
      `expected at most 63 lower-case letters, digits and "-", since an AdmissionCheck takes no other name, got ${JSON.stringify(config)}`,
    ),
    ...when(
      prefix !== "" && (!prefixes.test(prefix) || prefix.length > 63),
      ["prefix"],
      `expected at most 63 lower-case letters, digits, "-" and ".", with which a name can begin, got ${JSON.stringify(prefix)}`,
    ),
    ...when(
      version === "v1beta1" && clusterSource !== undefined && clusterSource !== "kubeConfig",
      ["clusterSource"],
      "expected kubeConfig: Kueue reads profiles in v1beta2 alone",
    ),
    ...when(
      clusterSource === "auto" && (providers ?? []).length === 0,
      ["providers"],
      "expected the access providers in Kueue's configuration: without them nobody knows which profiles Kueue can use",
    ),
    ...when(
      clusterSource === "clusterProfileRef" && providers?.length === 0,
      ["providers"],
      "expected at least one access provider; leave the option out for whichever Rollcall goes by",
    ),
    ...whole(options.maxClusters, ["maxClusters"], 1, most),
    ...whole(options.deadline, ["deadline"], 0),
    ...whole(options.gcInterval, ["gcInterval"], 0),
    ...refuse.flatMap((server, at) =>
      when(
        !/^https?:\/\//i.test(server) || !URL.canParse(server),
        ["refuse", at],
        `expected the URL of a server, got ${JSON.stringify(server)}`,
      ),
    ),
  ];
}

function whole(value: number | undefined, path: Problem["path"], least: number, most = Number.MAX_SAFE_INTEGER): readonly Problem[] {
  const isWrong = value !== undefined && !(Number.isSafeInteger(value) && value >= least && value <= most);
  const to = most === Number.MAX_SAFE_INTEGER ? "on" : `to ${most}`;
  return when(isWrong, path, `expected a whole number from ${least} ${to}, got ${value}`);
}

function when(isWrong: boolean, path: Problem["path"], message: string): readonly Problem[] {
  return isWrong ? [{ path, message }] : [];
}
