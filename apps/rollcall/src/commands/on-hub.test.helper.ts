import { startMemoryHub, type HubUser, type MemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, profile, type GivenProfile } from "@rollcall/testing";
import { stringify } from "yaml";
import { folder, rollcall, type Ran } from "../run.test.helper.ts";

/** An API server in memory, and a config beside it that names it. */
export interface OnHub extends AsyncDisposable {
  readonly hub: MemoryHub;
  /** Runs a command with that config. */
  run(...args: readonly string[]): Promise<Ran>;
  /** Runs it with the config of these lists in its place. */
  runWith(lists: readonly object[], ...args: readonly string[]): Promise<Ran>;
  /** The orders in the roll of a list, as they are written. */
  orders(list?: string): Readonly<Record<string, unknown>> | undefined;
}

export const argocdList = { name: "argocd", consumer: "argocd", target: { namespace: "argocd" } };

const applications = { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespaced: true };

export async function onHub({
  lists = [argocdList],
  user,
  serve,
}: { readonly lists?: readonly object[]; readonly user?: HubUser; readonly serve?: object } = {}): Promise<OnHub> {
  const hub = await startMemoryHub({
    namespaces: ["fleet", "argocd", "rollcall"],
    kinds: [clusterProfileKind, applications],
    users: user === undefined ? [] : [user],
  });
  const kubeconfig = stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hub",
    contexts: [{ name: "hub", context: { cluster: "hub", user: "me" } }],
    clusters: [{ name: "hub", cluster: { server: hub.url } }],
    users: [{ name: "me", user: { token: user?.token ?? hub.token } }],
  });
  const config = (of: readonly object[]): string =>
    stringify({
      apiVersion: "rollcall.dev/v1alpha1",
      kind: "RollcallConfig",
      inventory: { namespaces: ["fleet"], kubeconfig: "kubeconfig" },
      ...(serve && { serve }),
      lists: of,
    });

  async function runWith(of: readonly object[], ...args: readonly string[]): Promise<Ran> {
    await using files = await folder({ "rollcall.yaml": config(of), kubeconfig });
    const ran = await rollcall([...args, "--config", files.at("rollcall.yaml")]);
    const short = (text: string): string => text.replaceAll(`${files.path}/`, "");
    return { ...ran, stdout: short(ran.stdout), stderr: short(ran.stderr) };
  }

  return {
    hub,
    run: (...args) => runWith(lists, ...args),
    runWith,
    orders(list = "argocd") {
      const text = hub.get("ConfigMap", "rollcall", `rollcall-${list}-roll`)?.data?.["orders"];
      return text === undefined ? undefined : (JSON.parse(text) as Readonly<Record<string, unknown>>);
    },
    [Symbol.asyncDispose]: () => hub.stop(),
  };
}

/** Puts a profile on the hub. */
export function register({ hub }: OnHub, given: GivenProfile): void {
  const { uid: _, creationTimestamp: __, ...metadata } = profile(given).metadata;
  hub.apply({ ...profile(given), metadata });
}
