import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { files } from "./flags.ts";
import { kubeconfigText } from "./kubeconfig.ts";

/** Tokens of the users that a fresh control plane knows. */
export interface Tokens {
  readonly admin: string;
  readonly controllers: string;
  readonly stranger: string;
}

/** Writes what the programs read when they start: users, keys and what to audit. */
export function prepareFolder(dir: string, apiServer: string): Tokens {
  const tokens = { admin: secret(), controllers: secret(), stranger: secret() };
  write(
    dir,
    files.tokens,
    `${tokens.admin},admin,admin,"system:masters"\n` +
      `${tokens.controllers},system:kube-controller-manager,controllers,"system:masters"\n` +
      `${tokens.stranger},stranger,stranger\n`,
  );

  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  write(dir, files.serviceAccountKey, privateKey.export({ type: "sec1", format: "pem" }).toString());
  write(dir, files.serviceAccountPublic, publicKey.export({ type: "spki", format: "pem" }).toString());

  const policy = { apiVersion: "audit.k8s.io/v1", kind: "Policy", omitStages: ["RequestReceived"], rules: [{ level: "Metadata" }] };
  write(dir, files.auditPolicy, JSON.stringify(policy));
  mkdirSync(join(dir, "etcd"), { mode: 0o700 });
  write(
    dir,
    files.controllersConfig,
    kubeconfigText({ server: apiServer, token: tokens.controllers, caFile: join(dir, files.servingCert) }),
  );
  return tokens;
}

function write(dir: string, name: string, text: string): void {
  writeFileSync(join(dir, name), text, { mode: 0o600 });
}

function secret(): string {
  return randomBytes(16).toString("hex");
}
