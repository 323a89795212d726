import { readFileSync } from "node:fs";
import { connect, execResolve, newCredentials, newLogins, resolver } from "@rollcall/connect";
import { isRefusal, secretData, type KubeObject, type Login } from "@rollcall/contract";
import { parseProfile } from "@rollcall/inventory";
import { ApiError } from "@rollcall/kube";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkConfig } from "./config/check.ts";

const page = readFileSync(new URL("../../../docs/logins.md", import.meta.url), "utf8");

interface Shown {
  readonly kind?: string;
  readonly metadata?: KubeObject["metadata"];
  readonly stringData?: Readonly<Record<string, string>>;
  readonly providers?: unknown;
}

const shownIn = (text: string): readonly Shown[] =>
  [...text.matchAll(/^```(?:yaml|json)\n([^]*?)\n```$/gm)].map(([, each]) => parse(each!) as Shown);
const secrets = shownIn(page).filter(({ kind }) => kind === "Secret");

/** What the page's own Secrets say, as an API server would keep them. */
function secretNamed(namespace: string, name: string): Promise<KubeObject> {
  const found = secrets.find(({ metadata }) => metadata?.name === name && metadata.namespace === namespace);
  if (found === undefined) return Promise.reject(new ApiError(404, "NotFound", "no"));
  return Promise.resolve({ apiVersion: "v1", kind: "Secret", metadata: found.metadata!, data: secretData(found.stringData!) });
}

const status = { token: "made", expirationTimestamp: "2099-01-01T00:00:00Z" };
const transport = { call: () => Promise.resolve({ kind: "TokenRequest", status }), close: () => Promise.resolve() };

/** What comes of each login that a section's profile offers, by the providers that the section configures. */
async function outcomes(heading: string, login: Login): Promise<Readonly<Record<string, string>>> {
  const shown = shownIn(page.split(`\n## ${heading}`)[1]!.split("\n## ")[0]!);
  const file = shown.find(({ providers }) => Array.isArray(providers));
  const said = shown.find(({ providers }) => providers !== undefined && !Array.isArray(providers));
  const head = { apiVersion: "rollcall.dev/v1alpha1", kind: "RollcallConfig", inventory: { namespaces: ["fleet"] } };
  const lists = [{ name: "argocd", consumer: "argocd", target: { namespace: "argocd" } }];
  const { config, problems } = checkConfig({ ...head, lists, providers: said?.providers }, file);
  expect(problems).toEqual([]);
  const profile = shown.find(({ kind }) => kind === "ClusterProfile")!;
  const read = parseProfile({ ...profile, metadata: { ...profile.metadata, uid: "u" } });
  if (!("cluster" in read)) throw new Error(`the profile of ${heading} is none`);
  const { cluster } = read;
  const all = config!.providers;
  const answers = cluster.access.map(async ({ provider: name }) => {
    const providers = () => all.filter((each) => each.name === name);
    const now = () => Date.parse("2026-11-21T00:00:00Z");
    const resolve = resolver({
      exec: execResolve({ path: [] }),
      secrets: { get: secretNamed, now },
      hub: transport,
      open: () => transport as never,
      providers: () => all,
    });
    const credentials = newCredentials({ resolve, parallel: 1, now, random: () => 0, onNews: () => undefined });
    const answer =
      login === "by itself" ? await connect(cluster, login, providers()) : await newLogins({ providers, credentials })(cluster, login);
    credentials.close();
    return [name, isRefusal(answer) ? `${answer.reason}: ${answer.message.split(" ")[0]}` : "connected"];
  });
  return Object.fromEntries(await Promise.all(answers)) as Readonly<Record<string, string>>;
}

const ours = "with a credential from us";

describe("what docs/logins.md shows of profiles and Secrets works together, as it stands there", () => {
  it("for consumers that log in by themselves", async () => {
    const each = await outcomes("By itself", "by itself");
    expect(each).toEqual({ aks: "connected", corp: "connected", eks: "connected", google: "connected" });
  });

  it("for Secrets, by every preset", async () => {
    expect(await outcomes("`secret`", ours)).toEqual({
      secretreader: "connected",
      "kubeconfig-secretreader": "connected",
      "token-secretreader": "NoSecret: Secret/logins/paris-token",
      pushed: "NoKey: Secret/fleet/paris-kubeconfig,",
      "open-cluster-management": "NoSecret: Secret/fleet/paris-argocd",
    });
  });

  it("for plugins, up to the program, which is nobody's here", async () => {
    expect(await outcomes("`exec`", ours)).toEqual({ corp: "CommandNotFound: plugin" });
  });

  it("for tokens, with the Secret that the page shows", async () => {
    expect(await outcomes("`token-request`", ours)).toEqual({ tokens: "connected", "kubeconfig-secretreader": "connected" });
    expect(await outcomes("`hub-token`", ours)).toEqual({ "hub-issuer": "connected" });
  });

  it("for nobody, where that is meant", async () => {
    expect(await outcomes("`reference`", ours)).toEqual({ corp: "ReferenceOnly: provider" });
  });
});
