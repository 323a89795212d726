import { objectKey, refusalOf, type Kind, type KubeObject } from "@rollcall/contract";
import { isApiError, listAll, type Transport } from "@rollcall/kube";
import type { Left } from "./left.ts";

/** Who would lose a cluster with its object: an object that is used, and by whom. */
export interface Use {
  readonly left: Left;
  readonly by: readonly string[];
}

/** Which of these objects are in use, by the word of the consumers whose they may be. What cannot be read may be using all of them. */
export async function usesOf(objects: readonly Left[]): Promise<readonly Use[]> {
  const read = new Map<string, Promise<readonly KubeObject[] | string>>();
  const dependents = (transport: Transport, kind: Kind): Promise<readonly KubeObject[] | string> => {
    const key = `${transport.url} ${kind.apiVersion} ${kind.plural}`;
    const known = read.get(key) ?? listed(transport, kind);
    read.set(key, known);
    return known;
  };
  const uses = await Promise.all(objects.map(async (left) => ({ left, by: await usersOf(left, dependents) })));
  return uses.filter(({ by }) => by.length > 0);
}

async function usersOf(
  { transport, metadata, plain }: Left,
  dependents: (transport: Transport, kind: Kind) => Promise<readonly KubeObject[] | string>,
): Promise<readonly string[]> {
  const users = new Set<string>();
  for (const [{ adapter }, values] of plain) {
    const own = { name: metadata.name, namespace: metadata.namespace ?? "", plain: values };
    const { drain, release } = adapter.leave({ namespace: own.namespace });
    for (const step of [...drain, ...release]) {
      if (step.does !== "untilUnused") continue;
      for (const kind of step.reads) {
        const found = await dependents(transport, kind);
        if (typeof found === "string") users.add(found);
        else for (const each of found) if (step.uses(each, own)) users.add(objectKey(each));
      }
    }
  }
  return [...users];
}

async function listed(transport: Transport, kind: Kind): Promise<readonly KubeObject[] | string> {
  try {
    return await listAll(transport, kind);
  } catch (error) {
    return isApiError(error, 404) ? [] : `nobody knows whom (${refusalOf(error).message})`;
  }
}
