import { refusal, refusalOf, type Refusal } from "@rollcall/contract";
import { startInformer, type Informer, type InformerEvent, type InformerOptions, type Transport } from "@rollcall/kube";

export interface NamespacesOptions {
  readonly transport: Transport;
  readonly namespaces: readonly string[];
  readonly signal: AbortSignal;
  readonly timing: Pick<InformerOptions<unknown>, "silence" | "firstRetry">;
  readonly onChange: (namespace: string) => void;
  readonly onEvent: (event: InformerEvent) => void;
}

type Labels = Readonly<Record<string, string>>;

/** What some namespaces are labelled with, each followed by its name alone. */
export interface Namespaces {
  /** Undefined while nobody knows. */
  labels(namespace: string): Labels | undefined;
  /** Why nothing may be concluded from what its labels do not say. */
  doubt(namespace: string): Refusal | undefined;
  /** Resolves when each has been read, or could not be at first. */
  tried(): Promise<void>;
}

const kind = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };

/** Follows the labels of namespaces: some inventories say there which cluster set all their profiles are in. */
export function followNamespaces({ transport, namespaces, signal, timing, onChange, onEvent }: NamespacesOptions): Namespaces {
  const informers = new Map<string, Informer<Labels>>();
  const tried = namespaces.map((namespace) => {
    const failed = Promise.withResolvers<void>();
    const informer = startInformer<Labels>({
      ...timing,
      transport,
      kind,
      fieldSelector: `metadata.name=${namespace}`,
      project: ({ metadata }) => metadata.labels ?? {},
      onChange: () => onChange(namespace),
      onEvent(event) {
        if (event.type === "failed") failed.resolve();
        onEvent(event);
      },
      signal,
    });
    informers.set(namespace, informer);
    return Promise.race([informer.synced, failed.promise]);
  });

  return {
    labels: (namespace) => informers.get(namespace)?.store.get(namespace),
    doubt(namespace) {
      const informer = informers.get(namespace);
      const problem = informer?.problem();
      if (problem !== undefined)
        return refusal(
          "NamespaceUnread",
          `the labels of namespace "${namespace}" cannot be read, and with them its cluster set: ${refusalOf(problem).message}`,
        );
      if (informer?.store.get(namespace) !== undefined) return undefined;
      return refusal("NamespaceUnread", `the labels of namespace "${namespace}" have not been read yet, and with them its cluster set`);
    },
    async tried() {
      await Promise.all(tried);
    },
  };
}
