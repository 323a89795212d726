import { argocd } from "@rollcall/argocd";
import type { KubeObject } from "@rollcall/contract";
import { marked } from "@rollcall/sync";
import { reachable } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { folder } from "../run.test.helper.ts";
import { argocdList, onHub, type OnHub } from "./on-hub.test.helper.ts";

const owner = { instance: "rollcall", list: "argocd" };

/** The Secret of a cluster, as a list has written it. */
function secret(name: string, of = owner): KubeObject {
  const cluster = reachable({ name, labels: { env: "prod" } });
  return marked(argocd.entry(cluster, { namespace: "argocd", copyLabels: ["env"] })[0]!, cluster, of);
}

function roll({ instance, list } = owner): KubeObject {
  const labels = { "rollcall.dev/instance": instance, "rollcall.dev/list": list };
  const metadata = { name: `${instance}-${list}-roll`, namespace: "rollcall", labels };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { roll: JSON.stringify({ version: 1 }) } };
}

const application = (cluster: string): KubeObject => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Application",
  metadata: { name: "shop", namespace: "argocd" },
  spec: { destination: { name: cluster } },
});

/** A hub on which list `argocd` has stood, with a config that names another one. */
async function left(...more: readonly KubeObject[]): Promise<OnHub> {
  const at = await onHub({ lists: [{ ...argocdList, name: "other" }] });
  [secret("paris"), secret("lima"), roll(), ...more].forEach((each) => at.hub.apply(each));
  return at;
}

const everything = ({ hub }: OnHub) => [...hub.list("Secret"), ...hub.list("ConfigMap")];
const writes = ({ hub }: OnHub) => hub.requests.filter(({ verb }) => verb !== "get" && verb !== "list");

/** The digest in the command that it says. */
function digestIn(stderr: string): string {
  return /--confirm ([0-9a-f]{10})\n$/.exec(stderr)![1]!;
}

/** Shows it, and confirms what was shown. */
async function confirmed(at: OnHub, ...args: readonly string[]) {
  const { stderr } = await at.run("detach", "argocd", ...args);
  return at.run("detach", "argocd", ...args, "--confirm", digestIn(stderr));
}

describe("rollcall detach", () => {
  it("shows what a list has left behind and the command that does it, and does nothing", async () => {
    await using at = await left();
    const before = everything(at);
    const { code, stdout, stderr } = await at.run("detach", "argocd", "--keep");
    expect(code).toBe(2);
    expect(stdout).toBe(
      [
        `list argocd has left on ${at.hub.url}`,
        "  Secret/argocd/fleet.lima                 fleet/lima",
        "  Secret/argocd/fleet.paris                fleet/paris",
        "  ConfigMap/rollcall/rollcall-argocd-roll  the roll",
        "2 objects: our marks are to be taken off and nothing else is changed, so that they stay and nobody manages them",
        "ConfigMap/rollcall/rollcall-argocd-roll: to be deleted",
        "",
      ].join("\n"),
    );
    expect(stderr).toMatch(
      /^rollcall: nothing was done; if that is meant, say: rollcall detach argocd --keep --config rollcall.yaml --confirm [0-9a-f]{10}\n$/,
    );
    expect(everything(at)).toEqual(before);
    expect(writes(at)).toEqual([]);
  });

  it("--keep takes our marks off, leaves everything else byte for byte, and deletes the roll", async () => {
    const paris = secret("paris");
    const theirs = { ...paris.metadata, labels: { ...paris.metadata.labels, mine: "yes" } };
    await using at = await left({ ...paris, metadata: theirs });
    const { code, stdout } = await confirmed(at, "--keep");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /kept Secret\/argocd\/fleet\.paris\ndeleted ConfigMap\/rollcall\/rollcall-argocd-roll\nlist argocd is detached\n$/,
    );
    const stands = at.hub.get("Secret", "argocd", "fleet.paris")!;
    expect({ type: stands.type, data: stands.data }).toEqual({ type: paris.type, data: paris.data });
    expect(stands.metadata.labels).toEqual({ "argocd.argoproj.io/secret-type": "cluster", env: "prod", mine: "yes" });
    expect(stands.metadata.annotations ?? {}).toEqual({});
    expect(at.hub.list("ConfigMap", "rollcall")).toEqual([]);
    expect(await at.run("detach", "argocd", "--keep")).toEqual({
      code: 1,
      stdout: "",
      stderr: `rollcall: nothing of list "argocd" of instance "rollcall" was found on ${at.hub.url}, in all namespaces; check the name, and name the server with --kubeconfig if the config does not; if the list was detached before, all is done\n`,
    });
  });

  it("takes away whom the list answered last with the roll: a list of the same name later has answered nobody", async () => {
    const { metadata, ...rest } = roll();
    await using at = await left({ ...rest, metadata: { ...metadata, name: "rollcall-argocd-answers" } });
    expect((await at.run("detach", "argocd", "--keep")).stdout).toContain("rollcall-argocd-answers  whom it answered last\n");
    expect((await confirmed(at, "--keep")).code).toBe(0);
    expect(at.hub.list("ConfigMap", "rollcall")).toEqual([]);
  });

  it("--delete deletes exactly what was shown, and then the roll", async () => {
    await using at = await left();
    const { stdout } = await at.run("detach", "argocd", "--delete");
    expect(stdout).toContain("2 objects: to be deleted; what runs there stays");
    expect((await confirmed(at, "--delete")).code).toBe(0);
    expect(at.hub.list("Secret", "argocd")).toEqual([]);
    expect(at.hub.list("ConfigMap", "rollcall")).toEqual([]);
    expect(writes(at).map(({ name }) => name)).toEqual(["fleet.lima", "fleet.paris", "rollcall-argocd-roll"]);
  });

  it("touches nothing of another list, another installation or anybody else, and names copies as strays", async () => {
    const copy = { ...secret("paris"), metadata: { ...secret("paris").metadata, name: "copy" } };
    const others = [
      secret("oslo", { instance: "rollcall", list: "other" }),
      secret("rome", { instance: "east", list: "argocd" }),
      roll({ instance: "rollcall", list: "other" }),
      { apiVersion: "v1", kind: "Secret", metadata: { name: "by-hand", namespace: "argocd" } },
      copy,
    ];
    await using at = await left(...others);
    const { stdout } = await confirmed(at, "--delete");
    expect(stdout).toContain("Secret/argocd/copy                       a stray: its marks are about another object, so it is left alone\n");
    expect(
      everything(at)
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual(others.map(({ metadata }) => metadata.name).sort());
  });

  it("a yes to something else counts for nothing: to another fate, or before one more was there", async () => {
    await using at = await left();
    const digest = digestIn((await at.run("detach", "argocd", "--keep")).stderr);
    const otherFate = await at.run("detach", "argocd", "--delete", "--confirm", digest);
    expect(otherFate.code).toBe(2);
    expect(otherFate.stderr).toContain(`digest "${digest}" is not about this; nothing was done`);
    at.hub.apply(secret("rome"));
    expect((await at.run("detach", "argocd", "--keep", "--confirm", digest)).code).toBe(2);
    expect(writes(at)).toEqual([]);
  });

  it("refuses to delete what an Application uses, unless that is meant; to keep it is no harm", async () => {
    await using at = await left(application("paris"));
    const { code, stdout, stderr } = await at.run("detach", "argocd", "--delete");
    expect(code).toBe(1);
    expect(stderr).toContain(
      "1 of 2 is in use, so nothing is deleted; move what uses them elsewhere, keep them with --keep, or say --even-if-used\n",
    );
    expect(stdout).toContain("\n  Secret/argocd/fleet.paris is used by Application/argocd/shop\n");
    expect((await at.run("detach", "argocd", "--keep")).code).toBe(2);
    expect(writes(at)).toEqual([]);
    const preview = await at.run("detach", "argocd", "--delete", "--even-if-used");
    expect(preview.code).toBe(2);
    expect(preview.stdout).toContain("\n  Secret/argocd/fleet.paris is used by Application/argocd/shop\n");
    expect((await confirmed(at, "--delete", "--even-if-used")).code).toBe(0);
    expect(at.hub.list("Secret", "argocd")).toEqual([]);
  });

  it("takes what it may not read for used, and deletes nothing", async () => {
    const rules = [{ verbs: ["list", "delete"], apiGroups: [""], resources: ["secrets", "configmaps"] }];
    await using at = await onHub({ lists: [{ ...argocdList, name: "other" }], user: { name: "me", token: "a-token-of-mine", rules } });
    at.hub.apply(secret("paris"));
    const { code, stdout } = await at.run("detach", "argocd", "--delete");
    expect(code).toBe(1);
    expect(stdout).toContain("Secret/argocd/fleet.paris is used by nobody knows whom (");
  });

  it("does nothing where it cannot read everything", async () => {
    const rules = [{ verbs: ["*"], apiGroups: [""], resources: ["*"], namespace: "argocd" }];
    await using at = await onHub({ lists: [{ ...argocdList, name: "other" }], user: { name: "me", token: "a-token-of-mine", rules } });
    at.hub.apply(secret("paris"));
    const { code, stdout, stderr } = await at.run("detach", "argocd", "--keep");
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("may list secrets in all namespaces. Nothing was done");
  });

  it("does nothing where a server is away", async () => {
    const away = stringify({
      "current-context": "away",
      contexts: [{ name: "away", context: { cluster: "away", user: "me" } }],
      users: [{ name: "me", user: {} }],
      clusters: [{ name: "away", cluster: { server: "http://127.0.0.1:1" } }],
    });
    await using files = await folder({ away });
    await using at = await left();
    const { code, stderr } = await at.run("detach", "argocd", "--keep", "--kubeconfig", files.at("away"));
    expect(code).toBe(1);
    expect(stderr).toContain("try again when it answers, or name one server after the other with --kubeconfig. Nothing was done");
  });

  it("looks in one namespace where that is said", async () => {
    await using at = await left();
    const elsewhere = secret("paris");
    at.hub.apply({ ...elsewhere, metadata: { ...elsewhere.metadata, namespace: "fleet" } });
    expect((await at.run("detach", "argocd", "--delete")).stdout).toContain("Secret/fleet/fleet.paris");
    expect((await confirmed(at, "--delete", "--namespace", "argocd")).code).toBe(0);
    expect(at.hub.list("Secret").map(({ metadata }) => metadata.namespace)).toEqual(["fleet"]);
  });

  it.each([
    { args: ["other", "--keep"], says: 'list "other" is in the config, so Rollcall goes on keeping it; take it out' },
    { args: ["argocd"], says: "say what becomes of the objects: either --keep or --delete" },
    { args: ["argocd", "--keep", "--delete"], says: "say what becomes of the objects: either --keep or --delete" },
    { args: ["argocd,rollcall.dev/state", "--keep"], says: '"argocd,rollcall.dev/state" is no name of a list' },
    { args: ["argocd", "--keep", "--namespace", "A!"], says: '--namespace: "A!" is no namespace' },
    { args: ["argocd", "--keep", "--kubeconfig", "/none"], says: "cannot read /none; name a kubeconfig" },
  ])("$args does nothing and says what is wrong", async ({ args, says }) => {
    await using at = await left();
    const { code, stderr } = await at.run("detach", ...args);
    expect(stderr).toContain(`rollcall: ${says}`);
    expect(code).toBe(1);
    expect(writes(at)).toEqual([]);
  });

  it("ends the last list of a config too, but takes nothing from a config with any other problem", async () => {
    await using at = await left();
    expect((await at.runWith([], "detach", "argocd", "--keep")).stdout).toContain("2 objects: ");
    const { code, stdout, stderr } = await at.runWith([{ ...argocdList, consumer: "argo" }], "detach", "argocd", "--keep");
    expect({ stdout, isDone: code === 0 }).toEqual({ stdout: "", isDone: false });
    expect(stderr).toContain('expected argocd, got "argo"');
  });

  it("finds the same objects once, however many ways lead to their server", async () => {
    const tools = { ...argocdList, name: "tools", target: { namespace: "argocd", kubeconfig: "kubeconfig", context: "hub" } };
    await using at = await left();
    const { stdout } = await at.runWith([{ ...argocdList, name: "other" }, tools], "detach", "argocd", "--keep");
    expect(stdout.match(/Secret\/argocd\/fleet\.paris/g)).toHaveLength(1);
    expect(stdout).toContain("2 objects: ");
  });
});
