import type { KubeObject } from "@rollcall/contract";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { folder, rollcall, type Ran } from "../run.test.helper.ts";
import { fromYaml } from "../yaml.ts";

const argocd = { name: "argocd", consumer: "argocd", target: { namespace: "argocd" } };
const plain = {
  apiVersion: "rollcall.dev/v1alpha1",
  kind: "RollcallConfig",
  inventory: { namespaces: ["fleet"] },
  lists: [argocd] as readonly object[],
};

async function rbac(config: object, ...args: readonly string[]): Promise<Ran> {
  await using files = await folder({ "rollcall.yaml": stringify(config) });
  return await rollcall(["rbac", "--config", files.at("rollcall.yaml"), ...args]);
}

interface Role extends KubeObject {
  readonly rules: readonly {
    readonly apiGroups: string[];
    readonly resources: string[];
    readonly resourceNames?: string[];
    readonly verbs: string[];
  }[];
}

const objects = ({ stdout }: Ran): readonly KubeObject[] => fromYaml("stdout", stdout) as readonly KubeObject[];

/** Every right as one line: where, what, and what may be done to it. */
function rights(ran: Ran): readonly string[] {
  return objects(ran).flatMap((object) =>
    object.kind.endsWith("Role")
      ? (object as Role).rules.map(({ apiGroups, resources, resourceNames = [], verbs }) => {
          const what = [apiGroups, resources, resourceNames].map((each) => each.join(" ")).filter((each) => each !== "");
          return `${object.metadata.namespace ?? "everywhere"}: ${what.join("/")}: ${verbs.join(" ")}`;
        })
      : [],
  );
}

const both = { ...plain, inventory: { namespaces: ["fleet", "edge"] }, instance: "east", state: { namespace: "argocd" } };
const select = { namespaces: ["fleet"] };
const elsewhere = { kubeconfig: "/etc/rollcall/tools.kubeconfig", context: "tools" };
const many = {
  ...both,
  lists: [
    { ...argocd, select },
    { ...argocd, name: "preview", mode: "observe", select },
    { ...argocd, name: "tools", select, target: { namespace: "argocd", ...elsewhere } },
    { ...argocd, name: "labs", mode: "upsert", select, target: { namespace: "labs", ...elsewhere } },
  ],
};

describe("rollcall rbac", () => {
  it("prints for credentials no more than that they are read by name, or made for one account, and for nobody who needs none", async () => {
    const settings = {
      push: { kind: "secret", preset: "kubeconfig-secretreader" },
      shared: { kind: "secret", preset: "secretreader", namespace: "logins" },
      issuer: { kind: "hub-token", serviceAccount: "rollcall/argocd", hosts: ["*.example.test"] },
    };
    const list = { ...argocd, options: { login: "with a credential from us" } };
    const [with_, without] = await Promise.all([
      rbac({ ...plain, providers: { settings }, lists: [list] }),
      rbac({ ...plain, providers: { settings } }),
    ]);
    const extra = rights(with_).filter((each) => !rights(without).includes(each));
    expect(extra.toSorted()).toEqual(["fleet: secrets: get", "logins: secrets: get", "rollcall: serviceaccounts/token/argocd: create"]);
  });

  it("prints for a list that follows a decision that decisions are read, of the APIs that it may mean, and for no other", async () => {
    const follows = (placement: object): object => ({ ...argocd, select: { placement: { key: "web", ...placement } } });
    const extra = async (lists: readonly object[], inventory: object = plain.inventory): Promise<readonly string[]> =>
      rights(await rbac({ ...plain, inventory, lists })).filter((each) => each.includes("placementdecisions"));
    expect(await extra([argocd])).toEqual([]);
    expect(await extra([follows({})])).toEqual([
      "fleet: multicluster.x-k8s.io/placementdecisions: list watch",
      "fleet: cluster.open-cluster-management.io/placementdecisions: list watch",
    ]);
    const elsewhere = { namespaces: ["fleet"], placements: { namespaces: ["south"] } };
    expect(await extra([argocd, { ...follows({ api: "multicluster.x-k8s.io" }), name: "web" }], elsewhere)).toEqual([
      "south: multicluster.x-k8s.io/placementdecisions: list watch",
    ]);
  });

  it("prints for whoever is told to ask again that they are found and annotated, where the config names them, and for no other", async () => {
    const ofAskers = async (
      refresh: object | undefined,
      lists: readonly object[] = [argocd],
      ...args: readonly string[]
    ): Promise<readonly string[]> =>
      rights(await rbac({ ...plain, serve: { tokens: [{ file: "t" }], ...(refresh && { refresh }) }, lists }, ...args)).filter((each) =>
        /applicationsets|resourcesetinputproviders/.test(each),
      );
    const both = { argocd: { namespaces: ["argocd", "team-a"] }, flux: { namespaces: ["flux-system"], urls: ["https://rollcall.test"] } };
    expect(await ofAskers(undefined)).toEqual([]);
    expect(await ofAskers({ argocd: {} }, [argocd, { ...argocd, name: "web" }])).toEqual([
      "argocd: argoproj.io/applicationsets: list patch",
    ]);
    expect(await ofAskers(both)).toEqual([
      "argocd: argoproj.io/applicationsets: list patch",
      "team-a: argoproj.io/applicationsets: list patch",
      "flux-system: fluxcd.controlplane.io/resourcesetinputproviders: list patch",
    ]);
    expect(await ofAskers(both, [argocd], "--for", "viewer")).toEqual([]);
  });

  it("prints the rights to tell those who ask for the servers where they are", async () => {
    const serve = {
      tokens: [{ file: "t" }],
      refresh: { argocd: {}, flux: { namespaces: ["flux-system"], urls: ["https://rollcall.test"], kubeconfig: "/etc/flux.conf" } },
    };
    const { stdout } = await rbac({ ...plain, serve, lists: [{ ...argocd, target: { namespace: "argocd", ...elsewhere } }] });
    const parts = stdout.split(/^# On /m).slice(1);
    expect(parts.map((part) => part.split("\n")[0])).toEqual([
      "the hub",
      "the target of argocd (kubeconfig /etc/rollcall/tools.kubeconfig, context tools)",
      "flux-operator (kubeconfig /etc/flux.conf)",
    ]);
    expect(parts.map((part) => [part.includes("applicationsets"), part.includes("resourcesetinputproviders")])).toEqual([
      [false, false],
      [true, false],
      [false, true],
    ]);
  });

  it("prints for those who only look what they read, and no right to write", async () => {
    const ran = await rbac(plain, "--for", "viewer");
    expect(rights(ran)).toEqual([
      "fleet: multicluster.x-k8s.io/clusterprofiles: list watch",
      "everywhere: namespaces/kube-system: get",
      "everywhere: namespaces/argocd rollcall: get",
      "everywhere: argoproj.io/applications: list",
      "argocd: secrets: list watch",
      "rollcall: configmaps: list watch",
      "rollcall: configmaps/rollcall-argocd-roll: get",
    ]);
    expect((await rbac(plain, "--for", "everybody")).stderr).toBe('rollcall: --for is keeper, viewer or operator, got "everybody"\n');
  });

  it("prints for those who say yes and give orders that they may look, and write the roll and nothing else", async () => {
    expect(rights(await rbac(plain, "--for", "operator"))).toEqual([
      "fleet: multicluster.x-k8s.io/clusterprofiles: get list watch",
      "everywhere: namespaces/kube-system: get",
      "everywhere: namespaces/argocd rollcall: get",
      "everywhere: argoproj.io/applications: list",
      "argocd: secrets: list watch",
      "rollcall: configmaps: list watch create",
      "rollcall: configmaps/rollcall-argocd-roll: get patch",
    ]);
  });

  it("never overwrites the keeper's rights with those of somebody who only looks or gives orders", async () => {
    const key = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ""} ${metadata.name}`;
    const [keeper, viewer, operator] = await Promise.all(
      ["keeper", "viewer", "operator"].map(async (role) => objects(await rbac(plain, "--for", role)).map(key)),
    );
    const all = [...keeper!, ...viewer!, ...operator!];
    expect(new Set(all).size).toBe(all.length);
    expect(keeper).toContain("Role argocd rollcall.rollcall");
    expect(viewer).toContain("Role argocd rollcall.rollcall-viewer");
  });

  it.each(["sync", "upsert", "observe"])("prints what one list in mode %s needs", async (mode) => {
    const ran = await rbac({ ...plain, lists: [{ ...argocd, mode }] });
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
    await expect(ran.stdout).toMatchFileSnapshot(`../__golden__/rbac-${mode}.yaml`);
  });

  it("prints what many lists on two servers need, each server on its own", async () => {
    const ran = await rbac(many, "--service-account", "ops/rollcall-east");
    expect(ran.stderr).toBe("rollcall: these are rights on 2 servers; apply each part on its own, as the comments say\n");
    await expect(ran.stdout).toMatchFileSnapshot("../__golden__/rbac-many.yaml");
  });

  it("gives a list that only looks no right to write", async () => {
    const ran = await rbac({ ...plain, lists: [{ ...argocd, mode: "observe" }] });
    expect(rights(ran)).toEqual([
      "fleet: multicluster.x-k8s.io/clusterprofiles: list watch",
      "everywhere: namespaces/kube-system: get",
      "argocd: secrets: list watch",
      "rollcall: configmaps: list watch",
      "rollcall: configmaps/rollcall-argocd-roll: get",
    ]);
  });

  it("gives a list from which nobody leaves no right to delete, and none to write its roll", async () => {
    const ran = await rbac({ ...plain, lists: [{ ...argocd, mode: "upsert" }] });
    expect(rights(ran).slice(2)).toEqual([
      "argocd: secrets: get list watch create patch",
      "rollcall: configmaps: list watch",
      "rollcall: configmaps/rollcall-argocd-roll: get",
    ]);
  });

  it("gives the right to follow the namespaces of profiles by name, and only where a list asks for cluster sets", async () => {
    const lists = [
      { ...argocd, select },
      { ...argocd, name: "web", select: { ...select, clusterSets: ["web"] } },
    ];
    const ofNamespaces = (ran: Ran): readonly string[] => rights(ran).filter((line) => line.includes(": namespaces"));
    expect(ofNamespaces(await rbac({ ...both, lists: [lists[0]!] }))).toEqual(["everywhere: namespaces/kube-system: get"]);
    expect(ofNamespaces(await rbac({ ...both, lists }))).toEqual([
      "everywhere: namespaces/kube-system: get",
      "everywhere: namespaces/fleet edge: list watch",
    ]);
  });

  it("gives two lists that share a namespace one role there, with what either of them needs", async () => {
    const lists = [
      { ...argocd, mode: "observe" },
      { ...argocd, name: "other", mode: "upsert" },
    ];
    const ran = await rbac({ ...plain, lists });
    expect(rights(ran).filter((line) => line.startsWith("argocd"))).toEqual(["argocd: secrets: get list watch create patch"]);
    expect(objects(ran).filter(({ kind, metadata }) => kind === "Role" && metadata.namespace === "argocd")).toHaveLength(1);
  });

  it("gives the rights to one roll and not to what lies beside it", async () => {
    const ran = await rbac({ ...plain, state: { namespace: "argocd" } });
    expect(rights(ran).filter((line) => line.includes("configmaps"))).toEqual([
      "argocd: configmaps: list watch create",
      "argocd: configmaps/rollcall-argocd-roll: get patch",
    ]);
  });

  it("gives who answers the rights to remember whom, and to read the decisions that anybody may ask for", async () => {
    const serve = { tokens: [{ file: "/etc/rollcall/token" }] };
    const [before, after] = [rights(await rbac(plain)), rights(await rbac({ ...plain, serve }))];
    expect(after.filter((line) => !before.includes(line))).toEqual([
      "fleet: multicluster.x-k8s.io/placementdecisions: list watch",
      "fleet: cluster.open-cluster-management.io/placementdecisions: list watch",
      "rollcall: configmaps/rollcall-argocd-roll rollcall-argocd-answers: get patch",
    ]);
  });

  it("gives a target that is spelled as the hub is no part of its own", async () => {
    const hub = { kubeconfig: "/etc/hub" };
    const ran = await rbac({
      ...plain,
      inventory: { namespaces: ["fleet"], ...hub },
      lists: [{ ...argocd, target: { namespace: "argocd", ...hub } }],
    });
    expect(ran.stderr).toBe("");
    expect(ran.stdout.match(/^# /gm)).toHaveLength(1);
  });

  it.each([
    { when: "one list", config: plain },
    { when: "many lists", config: many },
  ])("knows no wildcard, and binds every role to the account alone: $when", async ({ config }) => {
    const ran = await rbac(config);
    expect(ran.stdout).not.toContain("*");
    const all = objects(ran);
    for (const { kind, metadata } of all.filter((each) => each.kind.endsWith("Role"))) {
      expect(all).toContainEqual({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name },
        subjects: [{ kind: "ServiceAccount", namespace: "rollcall", name: "rollcall" }],
      });
    }
    expect(all.filter(({ kind }) => kind.endsWith("Binding"))).toHaveLength(all.length / 2);
  });

  it("names roles by the whole account, so that two installations never overwrite each other's", async () => {
    const names = objects(await rbac(plain, "--service-account", "team-a/rollcall")).map(({ metadata }) => metadata.name);
    expect(new Set(names)).toEqual(new Set(["team-a.rollcall"]));
  });

  it.each(["rollcall", "a/b/c", "/b", "a/", "A/b", "a/b c"])("takes no %j for an account", async (account) => {
    expect(await rbac(plain, "--service-account", account)).toEqual({
      code: 1,
      stdout: "",
      stderr: `rollcall: --service-account is NAMESPACE/NAME, got "${account}"\n`,
    });
  });

  it("prints nothing for a config with a problem: half the rights would be taken for all of them", async () => {
    const { code, stdout } = await rbac({ ...plain, lists: [argocd, { ...argocd, name: "B" }] });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });
});
