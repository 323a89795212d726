import type { Transport } from "@rollcall/kube";
import type { AnswerNews } from "../answers/news.ts";
import type { Config, ServerRef } from "../config/config.ts";
import type { RefreshConfig } from "../config/refresh.ts";
import type { Log } from "../log.ts";
import { serverKey } from "../servers.ts";
import { argocd } from "./argocd.ts";
import type { Consumer } from "./consumer.ts";
import { flux } from "./flux.ts";
import { newPost, type Post } from "./post.ts";

export interface RefresherParts {
  readonly refresh: RefreshConfig;
  readonly inventory: Config["inventory"];
  readonly log: Log;
  readonly rest?: number;
}

/** Tells those who asked to ask again. */
export interface Refresher {
  readonly tell: (news: AnswerNews, server: ServerRef) => void;
  /** From now on whoever asks is answered, so that telling them makes sense; what came before is told now. */
  start(to: (server: ServerRef) => Promise<Transport>): void;
  /** Tells nobody any more: whoever begins next tells everybody once. */
  stop(): Promise<void>;
}

/** Argo CD is where its list is kept; flux-operator is on the hub, unless the config says where. */
export function newRefresher({ refresh, inventory, log, rest }: RefresherParts): Refresher {
  const stopping = new AbortController();
  const posts = new Map<string, Post>();
  const early: (() => void)[] = [];
  let open: ((server: ServerRef) => Promise<Transport>) | undefined;

  function post(consumer: Consumer, namespace: string, server: ServerRef): Post {
    const key = `${consumer.kind.plural} ${namespace} ${serverKey(server)}`;
    const made = posts.get(key) ?? newPost({ consumer, namespace, to: () => open!(server), log, signal: stopping.signal, rest });
    posts.set(key, made);
    return made;
  }

  function tell(news: AnswerNews, server: ServerRef): void {
    if (stopping.signal.aborted) return;
    if (open === undefined) return void early.push(() => tell(news, server));
    if (refresh.argocd !== undefined) {
      const consumer = argocd(refresh.argocd.configMaps);
      for (const namespace of refresh.argocd.namespaces) post(consumer, namespace, server).tell(news);
    }
    if (refresh.flux !== undefined) {
      const consumer = flux(refresh.flux.urls);
      for (const namespace of refresh.flux.namespaces) post(consumer, namespace, fluxServer(refresh.flux, inventory)).tell(news);
    }
  }

  return {
    tell,
    start(to) {
      open = to;
      early.splice(0).forEach((each) => each());
    },
    async stop() {
      stopping.abort();
      await Promise.all([...posts.values()].map((each) => each.idle()));
    },
  };
}

/** Where flux-operator is. */
export function fluxServer({ kubeconfig, context }: NonNullable<RefreshConfig["flux"]>, inventory: ServerRef): ServerRef {
  if (kubeconfig === undefined && context === undefined) return inventory;
  return { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) };
}
