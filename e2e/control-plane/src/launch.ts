import { readFileSync } from "node:fs";
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { join } from "node:path";
import { RollcallError } from "@rollcall/contract";
import type { ProgramName, Programs } from "./binaries.ts";
import { apiServerFlags, controllersFlags, etcdFlags, files, type Place } from "./flags.ts";
import { program, type Program } from "./process.ts";
import { until } from "./until.ts";

/** What is not the same for every control plane. */
export interface Options {
  /** Runs kube-controller-manager too: garbage collection, namespace deletion, token Secrets. */
  readonly controllers?: boolean;
  /** More flags for kube-apiserver, which knows now where it will be; files that they name may be made in its folder. */
  readonly flags?: (server: string, dir: string) => readonly string[];
}

/** A program and how to tell that it is ready. */
export interface Launched extends Program {
  ready(): Promise<void>;
}

/** Describes the programs of one control plane, in the order in which they need each other; none is started yet. */
export function launchable(
  programs: Programs,
  place: Place,
  { controllers: withControllers = false, flags }: Options,
): readonly Launched[] {
  const { command, from } = programs;
  const { dir, ports } = place;
  const server = `https://127.0.0.1:${ports.apiServer}`;
  const make = (name: ProgramName, start: readonly string[], flags: readonly string[], ask: () => Promise<boolean>): Launched => {
    const made = program(name, [...start, ...flags], join(dir, `${name}.log`));
    return { ...made, ready: () => ready(made, ask) };
  };

  const made = [
    make("etcd", command.etcd, etcdFlags(place, from), () => isOk(`http://127.0.0.1:${ports.etcd}/health`)),
    make("kube-apiserver", command["kube-apiserver"], [...apiServerFlags(place), ...(flags?.(server, dir) ?? [])], () =>
      isOk(`${server}/readyz`, join(dir, files.servingCert)),
    ),
  ];
  if (!withControllers) return made;

  const controllers = command["kube-controller-manager"];
  if (controllers === undefined) throw noControllers();
  const certificate = join(dir, "certs-controllers/kube-controller-manager.crt");
  const ask = (): Promise<boolean> => isOk(`https://127.0.0.1:${ports.controllers}/healthz`, certificate);
  return [...made, make("kube-controller-manager", controllers, controllersFlags(place), ask)];
}

async function ready(launched: Program, ask: () => Promise<boolean>): Promise<void> {
  const asked = async (): Promise<boolean> => {
    launched.check();
    return ask();
  };
  try {
    await until(`${launched.name} is ready`, asked, 90);
  } catch (error) {
    if (!(error instanceof RollcallError) || error.reason !== "TooSlow") throw error;
    throw new RollcallError("TooSlow", `${error.message}; the end of its log:\n${launched.lastLines()}`, { retry: true, cause: error });
  }
}

function noControllers(): RollcallError {
  return new RollcallError(
    "NoControllers",
    "this test needs kube-controller-manager, and KUBEBUILDER_ASSETS has none; put one of the same version there, or unset it to use our own build",
    { retry: false },
  );
}

/** Whether a URL answers 200; the certificate file appears only once its server has made it. */
function isOk(url: string, certificate?: string): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const options = { timeout: 5000, agent: false as const, ...(certificate !== undefined && { ca: readFileSync(certificate) }) };
      const request = certificate === undefined ? plain(url, options) : secure(url, options);
      request.once("response", (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.once("timeout", () => request.destroy());
      request.once("error", () => resolve(false));
      request.end();
    } catch {
      resolve(false);
    }
  });
}
