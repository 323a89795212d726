import { describe, expect, it } from "vitest";
import { secretData } from "@rollcall/contract";
import { toYaml } from "./golden.ts";

describe("golden files", () => {
  it("read like a manual: its order of keys, Secret values as text, JSON on one line", () => {
    const config = `{"a":"${"long ".repeat(40)}"}`;
    const secret = {
      data: secretData({ name: "paris", config }),
      type: "Opaque",
      metadata: { annotations: { b: "1" }, labels: { a: "true" }, namespace: "argocd", name: "fleet.paris" },
      kind: "Secret",
      apiVersion: "v1",
    };
    const card = { spec: { size: 1 }, kind: "Card", apiVersion: "toy.example/v1", metadata: { name: "paris" } };
    expect(toYaml([secret, card])).toBe(`apiVersion: v1
kind: Secret
metadata:
  name: fleet.paris
  namespace: argocd
  labels:
    a: 'true'
  annotations:
    b: '1'
type: Opaque
data:
  name: paris
  config: '${config}'
---
apiVersion: toy.example/v1
kind: Card
metadata:
  name: paris
spec:
  size: 1
`);
  });

  it("show a ConfigMap's data as it is", () => {
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, data: { a: "cGFyaXM=" } };
    expect(toYaml([map])).toContain("a: cGFyaXM=");
  });

  it("are empty for no objects", () => expect(toYaml([])).toBe(""));

  it("hide no Secret value that nobody can read", () => {
    const broken = { apiVersion: "v1", kind: "Secret", metadata: { name: "x" }, data: { token: "%%%" } };
    expect(() => toYaml([broken])).toThrow("data.token");
  });
});
