import { describe, expect, it } from "vitest";
import { parseQuery } from "./index.ts";

const query = (text: string): Iterable<readonly [string, string]> =>
  text.split("&").map((each) => [each.split("=")[0]!, decodeURIComponent(each.split("=")[1] ?? "")]);

describe("what is asked with a URL", () => {
  it.each([
    { text: "list=argocd", request: { asks: "flux", list: "argocd", sort: "name" } },
    { text: "list=argocd&placement=web", request: { asks: "flux", list: "argocd", placement: { key: "web" }, sort: "name" } },
    {
      text: "list=argocd&placement=web&namespace=fleet&sort=decision",
      request: { asks: "flux", list: "argocd", placement: { key: "web", namespace: "fleet" }, sort: "decision" },
    },
    {
      text: "list=argocd&placement=fleet%2Fweb-0",
      request: { asks: "flux", list: "argocd", placement: { name: "web-0", namespace: "fleet" }, sort: "name" },
    },
  ])("is read: $text", ({ text, request }) => expect(parseQuery("flux", query(text))).toEqual(request));

  it("has the decision's order for a script", () => {
    expect(parseQuery("clusters", query("list=argocd"))).toEqual({ asks: "clusters", list: "argocd", sort: "decision" });
  });

  it.each([
    { text: "placement=web", says: "list expected a text" },
    { text: "list=a&placment=web", says: "placment is not known here, only list, placement, namespace, sort are" },
    { text: "list=a&list=b", says: "list expected one value, got 2" },
    { text: "list=a&placement=", says: "placement expected a text" },
    { text: "list=a&namespace=fleet", says: "namespace expected to stand beside a placement's key" },
    { text: "list=a&placement=x/y&namespace=fleet", says: "namespace expected to stand beside a placement's key" },
    { text: "list=a&placement=x/", says: "placement expected a key or namespace/name" },
    { text: "list=a&placement=/y", says: "placement expected a key or namespace/name" },
    { text: "list=a&sort=age", says: 'sort expected name or decision, got "age"' },
    { text: "list=a&selector=env", says: "selector is not known here" },
  ])("is refused with a word about the key: $text", ({ text, says }) => {
    expect(parseQuery("flux", query(text))).toMatchObject({
      reason: "BadRequest",
      message: expect.stringMatching(new RegExp(`${says}.*correct the URL`)) as string,
    });
  });
});
