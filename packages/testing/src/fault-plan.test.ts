import { describe, expect, it } from "vitest";
import { describeRequest, faultPlan, type ProxiedRequest, type ProxyRule } from "./fault-plan.ts";

const secrets = "/api/v1/namespaces/argocd/secrets";

describe("what a request asks for", () => {
  it.each([
    { asks: ["GET", "/version"], is: { verb: "get", resource: "" } },
    { asks: ["GET", `${secrets}?limit=5`], is: { verb: "list", resource: "secrets", namespace: "argocd" } },
    { asks: ["GET", `${secrets}?watch=1`], is: { verb: "watch", resource: "secrets", isWatch: true } },
    { asks: ["GET", `${secrets}/fleet.paris`], is: { verb: "get", resource: "secrets", name: "fleet.paris" } },
    { asks: ["DELETE", `${secrets}/fleet.paris`], is: { verb: "delete", name: "fleet.paris" } },
    { asks: ["POST", secrets, '{"metadata":{"name":"fleet.oslo"}}'], is: { verb: "create", name: "fleet.oslo" } },
    { asks: ["GET", "/api/v1/namespaces"], is: { verb: "list", resource: "namespaces" } },
    { asks: ["GET", "/api/v1/namespaces/kube-system"], is: { verb: "get", resource: "namespaces", name: "kube-system" } },
    {
      asks: ["PATCH", "/apis/multicluster.x-k8s.io/v1alpha1/namespaces/fleet/clusterprofiles/paris/status"],
      is: { verb: "patch", resource: "clusterprofiles/status", namespace: "fleet", name: "paris" },
    },
    { asks: ["GET", "/apis/argoproj.io/v1alpha1/applications"], is: { verb: "list", resource: "applications" } },
  ])("$asks.0 $asks.1", ({ asks: [method, url, body = ""], is }) => {
    expect(describeRequest(method!, url!, body)).toMatchObject(is);
  });

  it("a creation that says nothing of a name has none", () => {
    expect(describeRequest("POST", secrets, "no JSON").name).toBeUndefined();
  });
});

describe("which requests a rule is for", () => {
  const list = describeRequest("GET", secrets, "");
  const create = (name: string): ProxiedRequest => describeRequest("POST", secrets, JSON.stringify({ metadata: { name } }));
  const remove = describeRequest("DELETE", `${secrets}/paris`, "");
  const asked = [list, create("paris"), create("oslo"), remove, list];

  /** Of the requests above, the places of those that a rule takes. */
  const takes = (rule: ProxyRule): readonly number[] => {
    const plan = faultPlan();
    plan.add(rule);
    return asked.flatMap((request, at) => (plan.take(request) === undefined ? [] : [at]));
  };

  it.each<{ when: string; rule: ProxyRule; takes: readonly number[] }>([
    { when: "nothing is said", rule: {}, takes: [0, 1, 2, 3, 4] },
    { when: "a verb is said", rule: { verb: "create" }, takes: [1, 2] },
    { when: "several are", rule: { verb: ["create", "delete"] }, takes: [1, 2, 3] },
    { when: "a resource is said", rule: { resource: "configmaps" }, takes: [] },
    { when: "a name is said", rule: { resource: "secrets", name: "paris" }, takes: [1, 3] },
    { when: "only the second is meant", rule: { verb: "create", nth: 2 }, takes: [2] },
    { when: "all from the second are meant", rule: { nth: 2, times: 9 }, takes: [1, 2, 3, 4] },
    { when: "the first two are meant", rule: { times: 2 }, takes: [0, 1] },
    { when: "a function decides", rule: { when: ({ method }) => method === "GET", nth: 2 }, takes: [4] },
  ])("$when: $takes", ({ rule, takes: wanted }) => {
    expect(takes(rule)).toEqual(wanted);
  });

  it("the first that fits decides, and one that is taken away decides nothing", () => {
    const plan = faultPlan();
    const [first, second] = [{ verb: "list", times: 1 } as const, { answer: "reset" } as const];
    plan.add(first);
    const takeAway = plan.add(second);
    expect([plan.take(list), plan.take(list), plan.take(remove)]).toEqual([first, second, second]);
    takeAway();
    takeAway();
    expect(plan.take(list)).toBeUndefined();
  });
});
