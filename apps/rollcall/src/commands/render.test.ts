import { fromBase64, type KubeObject } from "@rollcall/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asProcess, folder, rollcall, type Ran } from "../run.test.helper.ts";
import { fromYaml } from "../yaml.ts";

const config = `
apiVersion: rollcall.dev/v1alpha1
kind: RollcallConfig
inventory: { namespaces: [fleet] }
providers: { settings: { google: { kind: gcp } } }
lists:
  - { name: argocd, consumer: argocd, select: { labels: env=prod }, target: { namespace: argocd } }
  - { name: all, consumer: argocd, target: { namespace: argocd-all } }
`;

function profile(name: string, { env = "prod", server = `https://${name}.example.test`, provider = "google" } = {}): string {
  return `
apiVersion: multicluster.x-k8s.io/v1alpha1
kind: ClusterProfile
metadata: { name: "${name}", labels: { env: ${env} } }
spec: { clusterManager: { name: me } }
status: { accessProviders: [{ name: ${provider}, cluster: { server: "${server}" } }] }
---`;
}

const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]", "b: &b [*a,*a,*a,*a,*a,*a,*a,*a]", "c: &c [*b,*b,*b,*b,*b,*b,*b,*b]", "d: [*c,*c,*c,*c]"].join(
  "\n",
);

let files: Awaited<ReturnType<typeof folder>>;
beforeAll(async () => {
  files = await folder({
    "rollcall.yaml": config,
    "login.yaml": config
      .replace("target: { namespace: argocd }", "target: { namespace: argocd }, options: { login: with a credential from us }")
      .replace("kind: gcp", "kind: secret, preset: push, consumer: argocd"),
    "bad.yaml": config.replace("argocd-all", "Argo CD"),
    "paris.yaml": profile("paris"),
    "more.yaml": profile("oslo") + profile("lab", { env: "dev" }) + profile("lima", { provider: "unheard-of" }),
    "hostile.yaml": profile("a\\u001b[2J\\nb"),
    "empty.yaml": "",
    "broken.yaml": "kind: [",
    "bomb.yaml": bomb,
  });
});
afterAll(() => files[Symbol.asyncDispose]());

const render = async (args: readonly string[]): Promise<Ran> => {
  const { stderr, ...ran } = await rollcall(["render", "--config", files.at("rollcall.yaml"), ...args.map(inFolder)]);
  return { ...ran, stderr: stderr.replaceAll(`${files.path}/`, "").replaceAll(files.path, "FOLDER") };
};
const inFolder = (arg: string): string => (arg.endsWith(".yaml") ? files.at(arg) : arg === "FOLDER" ? files.path : arg);
const objects = ({ stdout }: Ran): readonly KubeObject[] => fromYaml("stdout", stdout) as readonly KubeObject[];
const names = (ran: Ran): readonly string[] => objects(ran).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

describe("rollcall render", () => {
  it("prints objects on stdout, and on stderr what is not there and why", async () => {
    const ran = await render(["-f", "paris.yaml", "-f", "more.yaml"]);
    expect(names(ran)).toEqual([
      "argocd/fleet.oslo",
      "argocd/fleet.paris",
      "argocd-all/fleet.lab",
      "argocd-all/fleet.oslo",
      "argocd-all/fleet.paris",
    ]);
    const offer = 'profile fleet/lima offers "unheard-of", configured is "google"; configure one that the profile offers';
    expect(ran.stderr).toBe(
      [
        `argocd  fleet/lima  NoProvider: ${offer}`,
        `all  fleet/lima  NoProvider: ${offer}`,
        "argocd  2 clusters listed, 1 refused, 1 not selected",
        "all  3 clusters listed, 1 refused, 0 not selected",
        "",
      ].join("\n"),
    );
    expect(ran.code).toBe(0);
  });

  it("ends a pipeline that wants every cluster on its list when one was refused, with all the output", async () => {
    const lax = await render(["-f", "paris.yaml", "-f", "more.yaml"]);
    expect(await render(["-f", "paris.yaml", "-f", "more.yaml", "--strict"])).toEqual({ ...lax, code: 2 });
    expect((await render(["-f", "paris.yaml", "--strict"])).code).toBe(0);
  });

  it("has no credential to show, and says which command shows such a cluster", async () => {
    const ran = await render(["--config", "login.yaml", "-f", "paris.yaml", "--list", "argocd", "--show-secrets"]);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toMatch(/^argocd {2}fleet\/paris {2}NeedsCredential: .*rollcall plan shows/);
  });

  it("masks secrets, so that nobody applies what is only to be looked at", async () => {
    const [secret] = objects(await render(["-f", "paris.yaml", "--list", "argocd"]));
    expect(secret?.data).toMatchObject({ name: "paris", server: "https://paris.example.test" });
    expect(secret?.data?.["config"]).toMatch(/^\(hidden: \d+ characters, sha256 [0-9a-f]{12}\)$/);
  });

  it("prints them to be applied when asked to", async () => {
    const [secret, ...more] = objects(await render(["-f", "paris.yaml", "--list", "argocd", "--show-secrets"]));
    expect(more).toEqual([]);
    expect(fromBase64(secret!.data!["name"]!)).toBe("paris");
    expect(JSON.parse(fromBase64(secret!.data!["config"]!)!)).toMatchObject({ execProviderConfig: { args: ["gcp"] } });
  });

  it("reads standard input", { timeout: 30_000 }, async () => {
    const ran = await asProcess(["render", "--config", files.at("rollcall.yaml"), "-f", "-", "--list", "all"], profile("rome"));
    expect(names(ran)).toEqual(["argocd-all/fleet.rome"]);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "all  1 cluster listed, 0 refused, 0 not selected\n" });
  });

  it("prints nothing for nobody, and says so", async () => {
    expect(await render(["-f", "empty.yaml", "--list", "argocd"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "argocd  0 clusters listed, 0 refused, 0 not selected\n",
    });
  });

  it("spells out what would write over the terminal", async () => {
    const ran = await render(["-f", "hostile.yaml", "--list", "all"]);
    expect(ran.stderr).toMatch(/^- {2}fleet\/a\\u001b\[2J\\u000ab {2}BadName: /);
    expect(ran.stderr.trimEnd().split("\n")).toHaveLength(2);
  });

  it.each([
    {
      when: "a file that is not there",
      args: ["-f", "none.yaml"],
      says: "cannot read none.yaml (ENOENT); name a file with ClusterProfiles",
    },
    { when: "a folder", args: ["-f", "FOLDER"], says: "cannot read FOLDER (EISDIR); name a file with ClusterProfiles" },
    {
      when: "a file that is no YAML",
      args: ["-f", "broken.yaml"],
      says: "broken.yaml is not YAML that can be read: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 8",
    },
    {
      when: "a file that grows without end",
      args: ["-f", "bomb.yaml"],
      says: "bomb.yaml is not YAML that can be read: Excessive alias count indicates a resource exhaustion attack",
    },
    { when: "standard input twice", args: ["-f", "-", "-f", "-"], says: "standard input can be read once; say -f - once" },
    { when: "no file", args: [], says: "-f FILE is needed: YAML with ClusterProfiles, or - for standard input" },
    {
      when: "a list that there is not",
      args: ["-f", "paris.yaml", "--list", "argo"],
      says: 'there is no list "argo"; there are argocd, all',
    },
    {
      when: "a config with a problem",
      args: ["--config", "bad.yaml", "-f", "paris.yaml"],
      says: 'bad.yaml has 1 problem\n  lists[1].target.namespace  expected a namespace (at most 63 lower-case letters, digits and "-"), got "Argo CD"',
    },
  ])("ends with 1 and says why: $when", async ({ args, says }) => {
    expect(await render(args)).toEqual({ code: 1, stdout: "", stderr: `rollcall: ${says}\n` });
  });
});
