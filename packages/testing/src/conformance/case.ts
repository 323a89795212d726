import { bounded } from "@rollcall/contract";

/** A request to an API server; `lines` ends a watch after so many events. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes as it is, anything else as JSON. */
  readonly body?: unknown;
  /** An admin, unless said otherwise; a stranger may do nothing, nobody has a token that is not known. */
  readonly as?: "admin" | "stranger" | "nobody";
  readonly lines?: number;
}

export interface Answered {
  readonly status: number;
  /** The JSON in it, or undefined. */
  readonly body: unknown;
  readonly text: string;
  readonly contentType: string;
}

export type Call = (asked: Asked) => Promise<Answered>;

/** One question to an API server, and the answer that every one of them gives. */
export interface ConformanceCase {
  readonly name: string;
  /** Rejects when the answer is another. `forget` makes the server forget its history. */
  readonly run: (call: Call, forget: () => Promise<void>) => Promise<void>;
}

/** What a case works with: a namespace of its own, so that no other case is in its way. */
export interface Place {
  readonly call: Call;
  readonly namespace: string;
  readonly forget: () => Promise<void>;
  /** `/api/v1/namespaces/…/secrets`, with a name behind it if given. */
  readonly secrets: (name?: string) => string;
  readonly profiles: (name?: string) => string;
}

/** A case in a fresh namespace, named after the question. */
export function question(name: string, run: (place: Place) => Promise<void>): ConformanceCase {
  const namespace = bounded(name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"), 50);
  return {
    name,
    run: async (call, forget) => {
      await call({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } });
      const secrets = (each?: string): string => below(`/api/v1/namespaces/${namespace}/secrets`, each);
      const profiles = (each?: string): string =>
        below(`/apis/multicluster.x-k8s.io/v1alpha1/namespaces/${namespace}/clusterprofiles`, each);
      await run({ call, namespace, forget, secrets, profiles });
    },
  };
}

function below(path: string, name: string | undefined): string {
  return name === undefined ? path : `${path}/${name}`;
}
