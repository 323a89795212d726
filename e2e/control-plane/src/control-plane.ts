import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RollcallError } from "@rollcall/contract";
import { makeAccount, type Account } from "./account.ts";
import { auditLog, settling, type AuditEntry, type AuditFilter } from "./audit.ts";
import { findPrograms, type ProgramName } from "./binaries.ts";
import { applyCrdFiles } from "./crds.ts";
import { files } from "./flags.ts";
import { sweepFolders } from "./folder.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import type { Launched, Options } from "./launch.ts";
import { objectsOf, type Manifest, type Objects } from "./objects.ts";
import { client, type Client } from "./request.ts";
import { startPrograms, type Running } from "./start-programs.ts";

/** A real etcd and kube-apiserver of our own, to be broken and thrown away. */
export interface ControlPlane extends Objects {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  /** A token of `system:masters`, known in the audit log as `admin`. */
  readonly adminToken: string;
  /** A token of a user without any rights, known as `stranger`. */
  readonly strangerToken: string;
  /** Its temporary folder, with the logs of its programs. */
  readonly dir: string;
  /** Any request, as admin. */
  readonly admin: Client;
  /** Requests as whoever holds this token. */
  as(token: string): Client;
  applyCrds(files: readonly string[]): Promise<void>;
  /** A ServiceAccount with exactly these rights, in force when this returns. */
  account(name: string, namespace: string, rbac: readonly Manifest[]): Promise<Account>;
  /** Writes a kubeconfig file and returns its path; a server of one's own is one in front of the real one. */
  kubeconfig(token: string, options?: { readonly server?: string }): Promise<string>;
  /** The requests that were answered, and the watches that were begun. */
  audit(filter?: AuditFilter): Promise<AuditEntry[]>;
  /** A position in the audit log to count from. */
  mark(): Promise<number>;
  /** Ends a program and waits until it has ended. */
  kill(program: ProgramName, signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Stops a program's clock in the middle of whatever it does; the answer lets it go on. */
  pause(program: ProgramName): () => void;
  /** Starts a program again on the same port with the same data, and waits until it is ready. */
  restart(program: ProgramName): Promise<void>;
  stop(): Promise<void>;
}

export interface ControlPlaneOptions extends Options {
  /** Paths of CRDs to apply. */
  readonly crds?: readonly string[];
  /** Does not say on stderr where it runs. */
  readonly quiet?: boolean;
}

/** Starts a control plane in some seconds; `stop` leaves nothing of it behind, and neither does the end of this process. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = findPrograms();
  if (programs === undefined) {
    throw new RollcallError("NoControlPlane", "the real control plane is not built yet; run: npm run e2e:prepare", { retry: false });
  }
  sweepFolders();
  const started = Date.now();
  const running = await startPrograms(programs, options);
  const plane = controlPlane(running);
  try {
    await plane.applyCrds(options.crds ?? []);
  } catch (error) {
    await plane.stop();
    throw error;
  }
  if (options.quiet !== true)
    process.stderr.write(`e2e: control plane at ${plane.url} in ${plane.dir}, after ${Date.now() - started} ms\n`);
  return plane;
}

function controlPlane(running: Running): ControlPlane {
  const { url, tokens, launched } = running;
  const { dir } = running.place;
  const ca = readFileSync(join(dir, files.servingCert), "utf8");
  const clients: Client[] = [];
  const as = (token: string): Client => {
    const made = client(url, token, ca);
    clients.push(made);
    return made;
  };
  const admin = as(tokens.admin);
  const objects = objectsOf(admin);
  const log = auditLog(join(dir, files.auditLog));
  let kubeconfigs = 0;

  // A long answer can arrive a moment before its line is in the log; a request behind it gives that line the time. A dead server writes none.
  const settle = (): Promise<unknown> => admin("GET", settling).catch(() => undefined);

  const kubeconfig: ControlPlane["kubeconfig"] = async (token, { server = url } = {}) => {
    const path = join(dir, `kubeconfig-${++kubeconfigs}`);
    await writeFile(path, kubeconfigText({ server, token, ...(server.startsWith("https:") && { ca }) }), { mode: 0o600 });
    return path;
  };
  const find = (name: ProgramName): Launched => {
    const found = launched.find((each) => each.name === name);
    if (found !== undefined) return found;
    throw new RollcallError("NotRunning", `${name} is not part of this control plane; start it with { controllers: true }`, {
      retry: false,
    });
  };
  const kill: ControlPlane["kill"] = async (name, signal = "SIGKILL") => {
    await find(name).kill(signal);
    for (const each of clients) each.close();
  };

  return {
    ...objects,
    url,
    ca,
    adminToken: tokens.admin,
    strangerToken: tokens.stranger,
    dir,
    admin,
    as,
    kubeconfig,
    kill,
    applyCrds: (paths) => applyCrdFiles(paths, objects),
    async account(name, namespace, rbac) {
      const made = await makeAccount({ name, namespace, rbac }, { client: admin, objects });
      return { ...made, kubeconfig: await kubeconfig(made.token) };
    },
    async audit(filter) {
      await settle();
      return log.entries(filter);
    },
    async mark() {
      await settle();
      return log.mark();
    },
    pause(name) {
      find(name).pause(true);
      return () => find(name).pause(false);
    },
    async restart(name) {
      await kill(name);
      find(name).start();
      await find(name).ready();
      if (name === "etcd") await find("kube-apiserver").ready();
    },
    async stop() {
      for (const each of clients) each.close();
      await running.stop();
    },
  };
}
