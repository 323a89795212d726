import { describe, expect, it } from "vitest";
import { firstHarm, fromBase64, Hidden, toBase64, type Connection, type KubeObject, type Member } from "@rollcall/contract";
import { reachable, testAdapter, toYaml, type Given } from "@rollcall/testing";
import { istioFiles, type IstioFilesOptions } from "./index.ts";
import { readKubeconfig, startIstiod } from "./istiod.test.helper.ts";

const options: IstioFilesOptions = { namespace: "istio-system", secret: "istio-kubeconfigs" };
type Some = { readonly [Key in keyof Connection]?: Connection[Key] | undefined };

function clusterOf({ connection, ...given }: Given & { readonly connection?: Some }) {
  const login = { kind: "credential", provider: "fleet", token: new Hidden(`of ${given.name}`) } as const;
  return reachable({ ...given, connection: { ca: undefined, login, ...connection } });
}

/** A member as it stands, named as its own Secret is. */
function member(name: string, more: Partial<Member> = {}): Member {
  return { id: `fleet/${name}`, name: `istio-kubeconfigs.${name}`, listed: true, cluster: clusterOf({ name }), ...more };
}

function unread(name: string): Member {
  const { cluster: _, ...rest } = member(name);
  return rest;
}

function made(members: readonly Member[], current?: KubeObject, more: Partial<IstioFilesOptions> = {}) {
  const { objects, unlisted } = istioFiles.index!(members, { ...options, ...more }, current);
  return { secret: objects[0], files: Object.keys(objects[0]?.data ?? {}), unlisted: unlisted.map(({ id, reason }) => `${id} ${reason}`) };
}

const standing = (...names: readonly string[]): KubeObject => made(names.map((name) => member(name))).secret!;

describe("istioFiles keeps the adapter promises", () => {
  testAdapter(istioFiles, options);
});

it("istioFiles renders one cluster and the Secret to be mounted", async () => {
  const objects = [clusterOf({ name: "paris" })].flatMap((each) => istioFiles.entry(each, options));
  const { objects: mounted } = istioFiles.index!([member("paris"), member("rome")], options);
  await expect(toYaml([...objects, ...mounted])).toMatchFileSnapshot("__golden__/files.yaml");
});

describe("the Secret to be mounted", () => {
  it("has one file for each cluster, in which istiod finds the cluster's ID", () => {
    const { data = {} } = standing("rome", "paris");
    const found = Object.entries(data).map(([file, text]) => [file, readKubeconfig(fromBase64(text)!).id]);
    expect(found).toEqual([
      ["paris.yaml", "paris"],
      ["rome.yaml", "rome"],
    ]);
  });

  it("is never found by Istio's label, by which its files would become clusters of their names", () => {
    const istiod = startIstiod("local");
    istiod.see(standing("paris"));
    for (const secret of istioFiles.entry(clusterOf({ name: "paris" }), options)) istiod.see(secret);
    expect(istiod.says).toEqual([]);
  });

  it("has the same bytes in whichever order clusters are chosen", () => {
    expect(JSON.stringify(standing("rome", "paris"))).toBe(JSON.stringify(standing("paris", "rome")));
  });

  it("loses the file of a cluster that is leaving, and of nobody else", () => {
    expect(made([member("paris"), member("rome", { listed: false })], standing("paris", "rome")).files).toEqual(["paris.yaml"]);
  });

  it("is emptied when the last one went, and not begun for nobody", () => {
    expect(made([], standing("paris")).secret!.data).toEqual({});
    expect(made([]).secret).toBeUndefined();
  });

  it("keeps the file of a cluster that cannot be read at the moment, byte for byte", () => {
    const current = standing("paris", "rome");
    expect(made([unread("paris"), member("rome")], current).secret!.data).toEqual(current.data);
  });

  it("keeps the file of a cluster whose credential is good and not known here", () => {
    const login = { kind: "credential", provider: "fleet", assumed: true } as const;
    const current = standing("paris");
    const { secret, unlisted } = made([member("paris", { cluster: clusterOf({ name: "paris", connection: { login } }) })], current);
    expect([secret!.data, unlisted]).toEqual([current.data, []]);
  });

  it("keeps the file of a cluster that istiod would refuse as it is now", () => {
    const current = standing("paris");
    const broken = member("paris", { cluster: clusterOf({ name: "paris", connection: { server: "http://a.test" } }) });
    expect(made([broken], current).secret!.data).toEqual(current.data);
  });

  it("has no file yet for who cannot be read or is refused, and says so", () => {
    const broken = member("oslo", { cluster: clusterOf({ name: "oslo", connection: { server: "http://a.test" } }) });
    const { files, unlisted } = made([unread("paris"), member("rome"), broken]);
    expect([files, unlisted]).toEqual([["rome.yaml"], ["fleet/paris NotRead", "fleet/oslo BadServer"]]);
  });

  it("takes an empty file for none, since istiod removes its cluster", () => {
    const current = { ...standing("paris"), data: { "paris.yaml": "" } };
    expect(made([unread("paris")], current)).toMatchObject({ files: [], unlisted: ["fleet/paris NotRead"] });
  });

  it("is left alone while somebody is meant whose file nobody knows", () => {
    const adopted = { ...unread("paris"), name: "made-by-hand" };
    expect(made([adopted, member("rome")], standing("paris", "rome", "oslo")).secret).toBeUndefined();
  });

  it("goes by the profile where the cluster's own Secret is called otherwise", () => {
    expect(made([member("paris", { name: "made-by-hand" })]).files).toEqual(["paris.yaml"]);
  });

  it("has one file for an ID: the cluster that came first keeps it, and the other is told", () => {
    const twin = member("rome", { name: "istio-kubeconfigs.paris" });
    const { secret, unlisted } = made([member("paris"), twin]);
    expect(unlisted).toEqual(["fleet/rome SameClusterId"]);
    expect(fromBase64(secret!.data!["paris.yaml"]!)).toContain("of paris");
  });

  it("turns newcomers away when it is full, and drops nobody who is in it", () => {
    const big = (name: string, length: number) =>
      member(name, {
        cluster: clusterOf({
          name,
          connection: { login: { kind: "credential", provider: "fleet", token: new Hidden("x".repeat(length)) } },
        }),
      });
    const current = { ...standing("rome"), data: { "rome.yaml": toBase64("before") } };
    const { files, unlisted } = made([big("paris", 600_000), big("rome", 600_000), member("oslo")], current);
    expect([files, unlisted]).toEqual([["oslo.yaml", "rome.yaml"], ["fleet/paris NoRoom"]]);
  });
});

describe("a cluster's own Secret", () => {
  const entry = (more: Partial<IstioFilesOptions> = {}, keptAs?: string) =>
    istioFiles.entry(
      clusterOf({ name: "paris" }),
      { ...options, ...more },
      keptAs === undefined ? undefined : { name: keptAs, plain: {} },
    )[0]!;

  it("says its ID and server in clear, so that no other cluster of the list gets them", () => {
    const { name, server } = entry().data!;
    expect([name, server].map((each) => fromBase64(each!))).toEqual(["paris", "https://paris.example.test:6443"]);
    expect(istioFiles.plain).toEqual(["name", "server"]);
  });

  it("keeps its ID: another one is a removal, which has to come by the guard", () => {
    const rename = () => entry({ clusterIds: { "fleet/paris": "eu" } }, "istio-kubeconfigs.paris");
    expect(rename).toThrow(expect.objectContaining({ reason: "ClusterIdChanged", retry: false }));
  });
});

it("takes a cluster's file away before its own Secret, and the first of the two stands behind the guard", () => {
  const { drain, release } = istioFiles.leave(options);
  expect(drain).toEqual(release);
  expect(drain.map(({ does }) => does)).toEqual(["dropFromIndex", "delete", "outOfAnswers"]);
  expect(firstHarm(drain)).toBe(0);
});
