import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { rightsOf } from "../../stories/rights.ts";
import { configOf } from "../../stories/world.ts";
import { launch, type Subject } from "./subject.ts";

/** The namespaces that one contender works in; the fleet is the same for all. */
export interface Site {
  readonly fleet: string;
  readonly target: string;
  readonly state: string;
}

/** A controller that keeps a list: ours, or another to compare with. */
export interface Contender {
  readonly name: "ours" | "stock";
  /** What it says when everything is as it should be. */
  readonly ready: string;
  /** Its name in the audit log at a site. */
  user(site: Site): string;
  /** Gives it its rights at a site and nothing more; the answer starts it there, as often as one likes. */
  settle(plane: ControlPlane, site: Site): Promise<() => Subject>;
}

/** Our program as it ships. `flags` are Node's, for whoever wants a profile. */
export function ours(program: string, flags: readonly string[] = []): Contender {
  const accountAt = ({ state }: Site) => ({ name: "rollcall", namespace: state });
  return {
    name: "ours",
    ready: "list gone through",
    user: (site) => `system:serviceaccount:${site.state}:rollcall`,
    async settle(plane, site) {
      const account = accountAt(site);
      const path = join(plane.dir, `config-${site.target}.yaml`);
      const write = (kubeconfig: string): Promise<void> =>
        writeFile(path, stringify(configOf({ fleet: site.fleet, argocd: site.target, state: site.state }, kubeconfig)));
      // The rights do not depend on where the server is, and only whoever has them gets a kubeconfig.
      await write("not-made-yet");
      const { kubeconfig } = await plane.account(account.name, account.namespace, await rightsOf(path, account));
      await write(kubeconfig);
      return () => launch([process.execPath, ...flags, program, "sync", "--config", path], ["started", "list gone through"]);
    },
  };
}

/** A small controller on the official client's own parts. */
export function stock(script: string): Contender {
  return {
    name: "stock",
    ready: "in sync",
    user: (site) => `system:serviceaccount:${site.state}:stock`,
    async settle(plane, site) {
      const { kubeconfig } = await plane.account("stock", site.state, [
        ...role("stock", site, site.fleet, {
          apiGroups: ["multicluster.x-k8s.io"],
          resources: ["clusterprofiles"],
          verbs: ["list", "watch"],
        }),
        ...role("stock", site, site.target, {
          apiGroups: [""],
          resources: ["secrets"],
          verbs: ["list", "watch", "create", "update"],
        }),
      ]);
      const { fleet, target } = site;
      return () => launch([process.execPath, script, JSON.stringify({ kubeconfig, fleet, target })], ["started", "in sync"]);
    },
  };
}

/** A role in a namespace and its binding to an account in the state namespace of a site. */
export function role(account: string, { state }: Pick<Site, "state">, namespace: string, rule: object) {
  const metadata = { name: `bench-${account}`, namespace };
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return [
    { apiVersion, kind: "Role", metadata, rules: [rule] },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: account, namespace: state }],
    },
  ] as const;
}
