import type { KubeObject } from "@rollcall/contract";
import { expect } from "vitest";
import type { ControlPlane } from "../../control-plane/src/index.ts";
import { until } from "../../stories/world.ts";
import { setKind } from "./application-set.ts";
import { namespace } from "./controller.ts";
import type { World } from "./world.ts";

/** A write to an Application or a Secret, by the server's own log. */
export interface Happened {
  readonly verb: string;
  readonly resource: string;
  readonly name: string;
}

/** What became of Argo CD's objects in one world. Nothing is missed: it is the server's own log that is read. */
export interface Watching {
  applications(): Promise<readonly KubeObject[]>;
  /** Waits until there are Applications for exactly these clusters. */
  deploysTo(...names: readonly string[]): Promise<void>;
  /** Who wrote Applications and Secrets of this world, and in which order. */
  happened(since?: number): Promise<readonly Happened[]>;
  /** Nobody has ever deleted an Application of this world. */
  expectNoneDeleted(): Promise<void>;
  /** Waits until the ApplicationSet shows an error with these words, and gives all of it. */
  complains(words: RegExp, name?: string): Promise<string>;
  /** Waits until it shows no error any more. */
  isContent(name?: string): Promise<void>;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}

export function watching(plane: ControlPlane, { id, fleet }: Pick<World, "id" | "fleet">): Watching {
  const applications = (): Promise<readonly KubeObject[]> => plane.list("Application", namespace, `labelSelector=story=${id}`);

  async function happened(since = 0): Promise<readonly Happened[]> {
    const entries = await plane.audit({ namespace, since });
    return entries
      .filter(({ resource, verb, code }) => ["applications", "secrets"].includes(resource) && writes.has(verb) && code < 400)
      .filter(({ name }) => name.includes(fleet))
      .map(({ verb, resource, name }) => ({ verb, resource, name }));
  }

  async function errorOf(name = `web-${id}`): Promise<Condition | undefined> {
    const set = await plane.get(setKind, namespace, name);
    const { conditions = [] } = (set?.status ?? {}) as { readonly conditions?: readonly Condition[] };
    return conditions.find(({ type }) => type === "ErrorOccurred");
  }

  return {
    applications,
    happened,
    async deploysTo(...names) {
      const wanted = names.map((name) => `shop-${fleet}.${name}`).sort();
      let there: readonly string[] = [];
      const isSo = async (): Promise<boolean> => {
        there = (await applications()).map(({ metadata }) => metadata.name).sort();
        return there.join() === wanted.join();
      };
      await until(`Applications are ${wanted.join(", ") || "none"}`, isSo).catch(async (error: unknown) => {
        throw new Error(`they are ${there.join(", ")}; the ApplicationSet says ${JSON.stringify(await errorOf())}`, { cause: error });
      });
    },
    async expectNoneDeleted() {
      expect((await happened()).filter(({ verb, resource }) => resource === "applications" && verb.startsWith("delete"))).toEqual([]);
    },
    async complains(words, name) {
      return until(`the ApplicationSet says ${words}`, async () => {
        const { status, message = "" } = (await errorOf(name)) ?? {};
        return status === "True" && words.test(message) && message;
      });
    },
    async isContent(name) {
      await until("the ApplicationSet shows no error", async () => (await errorOf(name))?.status === "False");
    },
  };
}

const writes = new Set(["create", "update", "patch", "delete", "deletecollection"]);
