import { annotations, labels, RollcallError, type Kind, type KubeObject } from "@rollcall/contract";
import { create, isApiError, patch, read, type Transport } from "@rollcall/kube";
import { ownerLabels, type Owner } from "./marks.ts";
import { emptyRoll, readRoll, type Roll } from "./roll.ts";

/** Where rolls live. */
export const rollKind = (namespace: string): Kind => ({ apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespace });

/** The name of a list's roll. */
export function rollName({ instance, list }: Owner): string {
  return `${instance}-${list}-roll`;
}

/** The label that finds the rolls of one installation. */
export function rollSelector(instance: string): string {
  return `${labels.instance}=${instance}`;
}

/** The ConfigMap that carries a list's roll. */
export interface RollObject {
  find(): Promise<KubeObject | undefined>;
  /** Writes in place of exactly what was written before, and takes the operator's ack away when it was used. */
  save(before: KubeObject | undefined, text: string, usesAck: boolean): Promise<KubeObject>;
  /** What an object says; one that belongs to somebody else, or cannot be read, is an error. */
  read(object: KubeObject | undefined): Roll;
}

export function rollObject(transport: Transport, namespace: string, owner: Owner): RollObject {
  const kind = rollKind(namespace);
  const metadata = { name: rollName(owner), namespace, labels: ownerLabels(owner) };

  return {
    async find() {
      try {
        return await read(transport, kind, metadata.name, namespace);
      } catch (error) {
        if (isApiError(error, 404)) return undefined;
        throw error;
      }
    },
    async save(before, text, usesAck) {
      if (before === undefined) {
        const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { roll: text } };
        return { ...object, ...(await create(transport, kind, object)) };
      }
      const { uid, resourceVersion, annotations: notes } = before.metadata;
      const used = usesAck && notes?.[annotations.ack] !== undefined ? { annotations: { [annotations.ack]: null } } : {};
      const body = { metadata: { uid, resourceVersion, labels: metadata.labels, ...used }, data: { roll: text } };
      const answer = await patch(transport, kind, { metadata }, body);
      return { ...before, metadata: answer.metadata, data: { ...before.data, roll: text } };
    },
    read(object) {
      if (object === undefined) return emptyRoll;
      checkOwner(object, owner);
      return readRoll(object.data?.["roll"] ?? "");
    },
  };
}

/** Two installations, or two lists, whose names run together would share one ConfigMap and forget for each other. */
export function checkOwner({ metadata }: KubeObject, owner: Owner): void {
  const other = Object.entries(ownerLabels(owner)).find(([label, value]) => (metadata.labels?.[label] ?? value) !== value);
  if (other === undefined) return;
  const [label, value] = other;
  const what = `ConfigMap/${metadata.namespace}/${metadata.name} is not the roll of list "${owner.list}"`;
  const why = `its label ${label} is "${metadata.labels?.[label]}", not "${value}"`;
  throw new RollcallError("ForeignRoll", `${what}: ${why}; rename the list or the instance, or give it a state namespace of its own`, {
    retry: true,
  });
}
