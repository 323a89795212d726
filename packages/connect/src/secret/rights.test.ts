import { expect, it } from "vitest";
import { secretRights } from "./rights.ts";

it("a provider needs to get Secrets beside the profiles, or in the one namespace that the operator named", () => {
  const namespaces = (setting: { readonly namespace?: string }, of: readonly string[]) =>
    secretRights(setting, of).map((each) => each.namespace);
  expect(namespaces({}, ["fleet", "retail", "fleet"])).toEqual(["fleet", "retail"]);
  expect(namespaces({}, ["*"])).toEqual(["*"]);
  expect(namespaces({ namespace: "logins" }, ["fleet", "retail"])).toEqual(["logins"]);
  expect(secretRights({ namespace: "logins" }, [])).toEqual([{ apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: "logins" }]);
});
