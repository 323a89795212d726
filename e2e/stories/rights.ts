import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { KubeObject } from "@rollcall/contract";
import { parseAllDocuments } from "yaml";

const main = fileURLToPath(new URL("../../apps/rollcall/src/main.ts", import.meta.url));

/** The same, or nothing for a config with a problem. */
export async function rightsIfWhole(...args: Parameters<typeof rightsOf>): Promise<readonly KubeObject[] | undefined> {
  return rightsOf(...args).catch(() => undefined);
}

/** The rights that the program says it needs for a config, in its own words. */
export async function rightsOf(
  config: string,
  account: { readonly namespace: string; readonly name: string },
): Promise<readonly KubeObject[]> {
  const args = [
    "--conditions=@rollcall/source",
    main,
    "rbac",
    "--config",
    config,
    "--service-account",
    `${account.namespace}/${account.name}`,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return parseAllDocuments(stdout).flatMap((document) => {
    const object = document.toJS() as KubeObject | null;
    return object === null ? [] : [object];
  });
}
