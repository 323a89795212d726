import { readdirSync, readFileSync } from "node:fs";
import { type Cluster, isRefusal } from "@rollcall/contract";
import { parseProfile } from "@rollcall/inventory";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { ProviderFile } from "../provider.ts";
import { pluginCall } from "./environment.ts";
import { pluginRules, type PluginSetting } from "./read-setting.ts";

const profiles = new URL("../../../inventory/src/__samples__/", import.meta.url);
const file = JSON.parse(
  readFileSync(new URL("../__samples__/support-clusterprofile-provider-file.json", import.meta.url), "utf8"),
) as ProviderFile;
const id = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const azure: PluginSetting = {
  kind: "exec",
  allowEnv: { AZURE_CLIENT_ID: id, AZURE_TENANT_ID: id, AZURE_AUTHORITY_HOST: "https://login\\.microsoftonline\\.com/" },
  allowArgs: { "--tenant-id": id },
};

/** The plugin calls for the clusters of a sample, by cluster and provider: why not, or what is beside the path and what every call is told. */
function calls(name: string, setting?: PluginSetting): Readonly<Record<string, unknown>> {
  const all = clusters(name).flatMap((cluster) =>
    file.providers.flatMap(({ name: provider, execConfig, ...policies }) => {
      const access = cluster.access.find((each) => each.provider === provider);
      if (access === undefined || execConfig === undefined || isRefusal(access.endpoint)) return [];
      const rules = pluginRules(policies, setting);
      const call = pluginCall({ execConfig, access, endpoint: access.endpoint, rules, path: ["/bin"], environment: process.env });
      return [[`${cluster.id} ${provider}`, isRefusal(call) ? call.reason : added(call, execConfig.args ?? [])]];
    }),
  );
  return Object.fromEntries(all) as Readonly<Record<string, unknown>>;
}

function added(
  { args, env }: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
  own: readonly string[],
) {
  const { PATH: _, KUBERNETES_EXEC_INFO: info, ...more } = env;
  expect(JSON.parse(info!)).toMatchObject({ kind: "ExecCredential", spec: { interactive: false } });
  expect(args.slice(0, own.length)).toEqual(own);
  return [...args.slice(own.length), ...Object.entries(more).map((each) => each.join("="))];
}

function clusters(name: string): readonly Cluster[] {
  return parseAllDocuments(readFileSync(new URL(name, profiles), "utf8")).flatMap((document) => {
    const object = document.toJS() as { readonly metadata: object };
    const read = parseProfile({ ...object, metadata: { uid: "u", ...object.metadata } });
    return "cluster" in read ? [read.cluster] : [];
  });
}

describe("of everything that cluster managers publish", () => {
  const aks = "fleet-system/aks-payments-eastus2 aks-workload-identity";
  const bare = "fleet-system/bad-additional-args aks-workload-identity";

  it("only what an operator allowed reaches a plugin, and nothing where nobody asked for more", () => {
    const names = readdirSync(profiles).filter((name) => name.endsWith(".yaml"));
    const all = Object.assign({}, ...names.map((name) => calls(name))) as Readonly<Record<string, unknown>>;
    expect(Object.keys(all).length).toBeGreaterThan(30);
    const more = Object.entries(all).filter(([, call]) => !Array.isArray(call) || call.length > 0);
    expect(Object.fromEntries(more)).toEqual({ [aks]: "ProfileNotAllowed", [bare]: "ProfileNotAllowed" });
  });

  it("the variables of Azure arrive where they are allowed", () => {
    expect(calls("cp-07-aks-kubelogin-envs.yaml", azure)).toEqual({
      [aks]: [
        "AZURE_AUTHORITY_HOST=https://login.microsoftonline.com/",
        "AZURE_CLIENT_ID=00000000-0000-4000-8000-00000000c11e",
        "AZURE_TENANT_ID=00000000-0000-4000-8000-0000000007e1",
      ],
    });
  });

  it("arguments arrive, too, should a server ever store them", () => {
    expect(calls("invalid-01-rejected-by-crd.yaml", azure)).toMatchObject({
      [bare]: ["--tenant-id", "00000000-0000-4000-8000-0000000007e1"],
    });
  });
});
