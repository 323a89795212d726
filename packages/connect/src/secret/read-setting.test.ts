import { describe, expect, it } from "vitest";
import type { Problem } from "../expect.ts";
import { readSecretSetting } from "./read-setting.ts";

function read(setting: unknown): { readonly setting: unknown; readonly problems: readonly string[] } {
  const problems: Problem[] = [];
  const read = readSecretSetting(setting, "settings.x", problems);
  return { setting: read, problems: problems.map(({ path, message }) => `${path} ${message}`) };
}

describe("how a provider's Secrets are read", () => {
  it.each([
    { kind: "secret", preset: "secretreader" },
    {
      kind: "secret",
      preset: "kubeconfig-secretreader",
      namespace: "capi",
      consent: "namespace",
      keys: ["value"],
      hosts: ["*.example.test"],
    },
    { kind: "secret", preset: "push", consumer: "fleet-controller", name: "{namespace}.{name}" },
    { kind: "secret", preset: "push", consumer: "fleet-controller" },
    { kind: "secret", preset: "managed-service-account", serviceAccount: "argocd" },
  ])("is taken as it is written: $preset", (setting) => {
    expect(read(setting)).toEqual({ setting, problems: [] });
  });

  it.each<readonly [string, object, string]>([
    ["an unknown preset", { preset: "reader" }, "settings.x.preset expected secretreader or"],
    ["another kind", { kind: "gcp" }, "settings.x.kind expected secret"],
    ["a key that is misspelt", { namespaces: "a" }, "settings.x.namespaces is not known here"],
    ["a key of another preset", { serviceAccount: "a" }, "settings.x.serviceAccount is not known here"],
    ["an odd namespace", { namespace: "../kube-system" }, "settings.x.namespace expected a namespace"],
    ["an odd consent", { consent: "none" }, "settings.x.consent expected profile or namespace"],
    ["an odd key", { keys: ["a/b"] }, "settings.x.keys[0] expected a key of a Secret"],
    ["no key", { keys: [null] }, "settings.x.keys[0] expected a key of a Secret"],
    ["any host at all", { hosts: ["*"] }, "settings.x.hosts[0] expected a list of hosts"],
    ["push without a consumer", { preset: "push" }, "settings.x.consumer expected the consumer"],
    ["one Secret for all clusters", { preset: "push", consumer: "a", name: "kubeconfig" }, "settings.x.name expected a name with {name}"],
    ["no service account", { preset: "managed-service-account" }, "settings.x.serviceAccount expected the ManagedServiceAccount"],
  ])("is not %s", (_, fields, problem) => {
    expect(read({ kind: "secret", preset: "secretreader", ...fields }).problems).toEqual([expect.stringContaining(problem)]);
  });

  it("is no text", () => {
    expect(read("secretreader").problems).toHaveLength(1);
  });
});
