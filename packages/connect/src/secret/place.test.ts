import fc from "fast-check";
import { isRefusal } from "@rollcall/contract";
import { cluster } from "@rollcall/testing";
import { expect, it } from "vitest";
import { placeOf } from "./place.ts";
import type { SecretSetting } from "./setting.ts";

const paris = cluster({ name: "paris", namespace: "fleet" });
const places = { namespace: "logins", keys: ["token", "value"] };
const settings: readonly SecretSetting[] = (["secretreader", "kubeconfig-secretreader", "token-secretreader", "argocd-agent"] as const)
  .map((preset): SecretSetting => ({ kind: "secret", preset, ...places }))
  .concat({ kind: "secret", preset: "push", consumer: "us", ...places })
  .concat({ kind: "secret", preset: "managed-service-account", serviceAccount: "argocd", ...places });

const fields = ["name", "namespace", "key", "context", "clusterName", "secretName", "secretNamespace"].concat([
  "tokenSecretName",
  "tokenSecretNamespace",
  "tokenSecretKey",
  "__proto__",
  "constructor",
]);
const words = fc.oneof(
  fc.constantFrom("s", "logins", "fleet", "token", "value", "../x", "a/b", "..", "%2e%2e"),
  fc.string({ unit: "binary" }),
);
const config = fc.oneof(fc.dictionary(fc.constantFrom(...fields), fc.oneof(words, fc.jsonValue())), fc.jsonValue());

it("a profile, whatever it says, reaches nothing but an allowed key of one Secret in the one namespace", () => {
  fc.assert(
    fc.property(fc.constantFrom(...settings), config, (setting, config) => {
      const place = placeOf(paris, { provider: "reader", config }, setting);
      const message = isRefusal(place) ? place.message : "as allowed";
      expect(message).toMatch(/^[^\n]{1,600}$/);
      const { namespace, name, key } = isRefusal(place) ? { namespace: "logins", name: "none", key: "token" } : place;
      expect([namespace, places.keys.includes(key)]).toEqual(["logins", true]);
      expect(name).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/);
    }),
    { numRuns: 3000 },
  );
});
