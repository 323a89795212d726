import { join } from "node:path";
import type { Programs } from "./binaries.ts";

/** What the command lines of one control plane have in common. */
export interface Place {
  readonly dir: string;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly apiServer: number; readonly controllers: number };
}

/** Names of the files that the programs share, inside the folder. */
export const files = {
  tokens: "tokens.csv",
  auditPolicy: "audit-policy.json",
  auditLog: "audit.log",
  serviceAccountKey: "service-account.key",
  serviceAccountPublic: "service-account.pub",
  servingCert: "certs/apiserver.crt",
  controllersConfig: "controllers.kubeconfig",
} as const;

/** The arguments of etcd, which never waits for the disk: a test's data may be lost. */
export function etcdFlags({ dir, ports }: Place, from: Programs["from"]): readonly string[] {
  const data = join(dir, "etcd");
  const [client, peer] = [ports.etcd, ports.etcdPeer].map((port) => `http://127.0.0.1:${port}`);
  if (from === "ours") return [data, client!, peer!];
  return [
    `--data-dir=${data}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync",
    "--log-level=error",
  ];
}

/** The arguments of kube-apiserver: its defaults wherever a test does not need otherwise. */
export function apiServerFlags({ dir, ports }: Place): readonly string[] {
  // An issuer of its own, where its keys can be had too: as everywhere, a token of one server means nothing to another.
  const issuer = `https://127.0.0.1:${ports.apiServer}`;
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--secure-port=${ports.apiServer}`,
    "--bind-address=127.0.0.1",
    // Said outright, else it looks for an interface with a default route, which a sandbox may not have.
    "--advertise-address=127.0.0.1",
    "--endpoint-reconciler-type=none",
    `--cert-dir=${join(dir, "certs")}`,
    `--service-account-key-file=${join(dir, files.serviceAccountPublic)}`,
    `--service-account-signing-key-file=${join(dir, files.serviceAccountKey)}`,
    `--service-account-issuer=${issuer}`,
    `--service-account-jwks-uri=${issuer}/openid/v1/jwks`,
    `--token-auth-file=${join(dir, files.tokens)}`,
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.0.0.0/24",
    "--disable-admission-plugins=ServiceAccount",
    `--audit-policy-file=${join(dir, files.auditPolicy)}`,
    `--audit-log-path=${join(dir, files.auditLog)}`,
    "--audit-log-mode=blocking",
    // Never rotated: what is counted must be in one file.
    "--audit-log-maxsize=100000",
  ];
}

/** The arguments of kube-controller-manager, with only the controllers that tests see the work of. */
export function controllersFlags({ dir, ports }: Place): readonly string[] {
  return [
    `--kubeconfig=${join(dir, files.controllersConfig)}`,
    "--controllers=garbagecollector,namespace,serviceaccount-token-controller",
    `--service-account-private-key-file=${join(dir, files.serviceAccountKey)}`,
    `--root-ca-file=${join(dir, files.servingCert)}`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
    `--secure-port=${ports.controllers}`,
    `--cert-dir=${join(dir, "certs-controllers")}`,
  ];
}
