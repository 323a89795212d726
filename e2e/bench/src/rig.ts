import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crds, startControlPlane, type ControlPlane } from "../../control-plane/src/index.ts";
import { files } from "../../control-plane/src/flags.ts";
import { processes } from "../../control-plane/src/folder.ts";
import { pinTo } from "./pin.ts";
import { cpuOf } from "./proc.ts";

/** A fresh control plane on a core of its own, where there is a way to say so. */
export interface Rig {
  readonly plane: ControlPlane;
  readonly isPinned: boolean;
  /** Milliseconds of processor time that etcd and kube-apiserver have used. */
  serverCpu(): number;
  /** Requests that the server has turned away because there were too many. */
  turnedAway(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts one. Timing runs have no audit log: writing it would be part of every answer. */
export async function startRig({ audit }: { readonly audit: boolean }): Promise<Rig> {
  // What is started stays where its starter was: the servers on the first core, everything else on the second.
  const isPinned = pinTo(0);
  // Go would else count the cores of the machine.
  if (isPinned) process.env["GOMAXPROCS"] = "1";
  let plane: ControlPlane;
  try {
    plane = await startControlPlane({ crds: [crds.clusterProfiles, crds.placementDecisions], quiet: true });
    if (!audit) await withoutAuditLog(plane);
  } finally {
    delete process.env["GOMAXPROCS"];
    if (isPinned) pinTo(1);
  }
  const servers = processes().filter(({ command }) => command.includes(`${plane.dir}/`));
  return {
    plane,
    isPinned,
    serverCpu: () => servers.reduce((sum, { pid }) => sum + cpuOf(pid), 0),
    async turnedAway() {
      const { text } = await plane.admin("GET", "/metrics");
      const counted = [...text.matchAll(/^apiserver_flowcontrol_rejected_requests_total\{.*\} (\S+)$/gm)];
      return counted.reduce((sum, [, count]) => sum + Number(count), 0);
    },
    stop: () => plane.stop(),
  };
}

async function withoutAuditLog(plane: ControlPlane): Promise<void> {
  const policy = { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "None" }] };
  await writeFile(join(plane.dir, files.auditPolicy), JSON.stringify(policy));
  await plane.restart("kube-apiserver");
}
