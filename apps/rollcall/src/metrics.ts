import type { CredentialStatus } from "@rollcall/connect";
import type { ClusterId } from "@rollcall/contract";
import type { InformerEvent } from "@rollcall/kube";
import type { KeptList, ListEvent, State, Status } from "@rollcall/sync";
import type { Heartbeat } from "./hub/heartbeats.ts";
import type { Told } from "./serve/tell.ts";

/** What can be counted, in the text that Prometheus reads. */
export interface Metrics {
  readonly heard: (event: ListEvent) => void;
  readonly watched: (event: InformerEvent) => void;
  /** A question of somebody who asks was answered, or refused. */
  readonly answered: (told: Pick<Told, "route" | "status" | "bytes">) => void;
  /** How many problems the config has, and what came of it where it was read again. */
  readonly configured: (problems: number, reloaded?: string) => void;
  /** Everything as it is now. */
  readonly text: (now: Now) => string;
}

/** What is read at the moment of asking. */
export interface Now {
  readonly lists: ReadonlyMap<string, Pick<KeptList, "status">>;
  /** Seconds since anything was heard of the hub's profiles, by namespace. */
  readonly heardAgo: ReadonlyMap<string, number>;
  /** When cluster managers were last seen to write. */
  readonly heartbeats: readonly Heartbeat[];
  /** The credentials that were got for clusters. */
  readonly credentials?: ReadonlyMap<ClusterId, readonly CredentialStatus[]>;
  readonly isReady: boolean;
}

const states: readonly State[] = ["newcomer", "member", "missing", "leaving"];
const verdicts = ["stale", "held", "waits"] as const;

/** Counts from the moment that it is made; states are counted when somebody asks. */
export function newMetrics(): Metrics {
  const counters = new Map<string, number>();
  let configProblems = 0;
  const count = (name: string, labels: Labels, by = 1): void => {
    const series = seriesOf(name, labels);
    counters.set(series, (counters.get(series) ?? 0) + by);
  };

  return {
    heard(event) {
      const { list } = event;
      if (event.is === "wrote") count("rollcall_writes_total", { list, verb: event.verb, why: event.why });
      if (event.is === "retry") count("rollcall_failed_passes_total", { list });
    },
    watched({ type, kind }) {
      count("rollcall_watch_events_total", { kind, event: type.replaceAll(" ", "_") });
    },
    answered({ route, status, bytes }) {
      count("rollcall_answers_total", { route, status: `${status}` });
      count("rollcall_answer_bytes_total", { route }, bytes);
    },
    configured(problems, reloaded) {
      configProblems = problems;
      if (reloaded !== undefined) count("rollcall_config_reloads_total", { result: reloaded.replaceAll(" ", "_") });
    },
    text({ lists, heardAgo, heartbeats, credentials, isReady }) {
      const clusters = [...lists].flatMap(([list, kept]) => counted(list, [...kept.status().values()]));
      const ages = [...heardAgo].map(([namespace, seconds]) => line("rollcall_watch_age_seconds", { namespace }, seconds));
      const total = (name: string): readonly string[] =>
        [...counters].filter(([series]) => series.startsWith(`${name}{`)).map(([series, value]) => `${series} ${value}`);
      return [
        ...family(
          "rollcall_ready",
          "gauge",
          "1 once every list that was there at the start has been gone through; lists that are added later do not change it.",
          [line("rollcall_ready", {}, Number(isReady))],
        ),
        ...family(
          "rollcall_clusters",
          "gauge",
          "Clusters by list and state.",
          clusters.filter((each) => each.startsWith("rollcall_clusters{")),
        ),
        ...family(
          "rollcall_verdicts",
          "gauge",
          "Clusters that something is said of, by list and what.",
          clusters.filter((each) => each.startsWith("rollcall_verdicts{")),
        ),
        ...family("rollcall_watch_age_seconds", "gauge", "Seconds since the hub was last heard, by namespace of the inventory.", ages),
        ...family(
          "rollcall_inventory_heartbeat_age_seconds",
          "gauge",
          "Seconds since a profile was last seen to change, by namespace and cluster manager.",
          heartbeats.map(({ secondsAgo, ...labels }) => line("rollcall_inventory_heartbeat_age_seconds", labels, secondsAgo)),
        ),
        ...credentialFamilies([...(credentials?.values() ?? [])].flat(), Date.now()),
        ...family("rollcall_writes_total", "counter", "Writes by list, verb and why.", total("rollcall_writes_total")),
        ...family(
          "rollcall_failed_passes_total",
          "counter",
          "Passes over a cluster that failed and are tried again, by list; each try counts.",
          total("rollcall_failed_passes_total"),
        ),
        ...family(
          "rollcall_answers_total",
          "counter",
          "Questions that were answered or refused, by route and status.",
          total("rollcall_answers_total"),
        ),
        ...family("rollcall_answer_bytes_total", "counter", "Bytes of answers, by route.", total("rollcall_answer_bytes_total")),
        ...family("rollcall_config_problems", "gauge", "Problems of the config as it was read last.", [
          line("rollcall_config_problems", {}, configProblems),
        ]),
        ...family(
          "rollcall_config_reloads_total",
          "counter",
          "How often the config was read again, and what came of it.",
          total("rollcall_config_reloads_total"),
        ),
        ...family("rollcall_watch_events_total", "counter", "What happened to lists and watches.", total("rollcall_watch_events_total")),
        "",
      ].join("\n");
    },
  };
}

/** By provider: how many there are, how many cannot be renewed, and when the first of them ends. */
function credentialFamilies(all: readonly CredentialStatus[], now: number): readonly string[] {
  const providers = [...Map.groupBy(all, ({ provider }) => provider)];
  const lines = (name: string, value: (of: readonly CredentialStatus[]) => number | undefined): readonly string[] =>
    providers.flatMap(([provider, of]) => {
      const is = value(of);
      return is === undefined ? [] : [line(name, { provider }, is)];
    });
  const firstEnd = (of: readonly CredentialStatus[]): number | undefined => {
    const ends = of.flatMap(({ expiresAt }) => expiresAt ?? []);
    return ends.length === 0 ? undefined : Math.round((Math.min(...ends) - now) / 1000);
  };
  return [
    ...family(
      "rollcall_credentials",
      "gauge",
      "Credentials that were got for clusters, by provider.",
      lines("rollcall_credentials", (of) => of.filter(({ isHeld }) => isHeld).length),
    ),
    ...family(
      "rollcall_credentials_failing",
      "gauge",
      "Credentials that cannot be got or renewed at the moment.",
      lines("rollcall_credentials_failing", (of) => of.filter(({ failing }) => failing !== undefined).length),
    ),
    ...family(
      "rollcall_credential_expiry_seconds",
      "gauge",
      "Seconds until the first credential of a provider ends.",
      lines("rollcall_credential_expiry_seconds", firstEnd),
    ),
  ];
}

type Labels = Readonly<Record<string, string>>;

function counted(list: string, all: readonly Status[]): readonly string[] {
  return [
    ...states.map((state) => line("rollcall_clusters", { list, state }, all.filter((each) => each.state === state).length)),
    ...verdicts.map((verdict) => line("rollcall_verdicts", { list, verdict }, all.filter((each) => each.verdict?.is === verdict).length)),
  ];
}

function family(name: string, type: "gauge" | "counter", help: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

function line(name: string, labels: Labels, value: number): string {
  return `${seriesOf(name, labels)} ${value}`;
}

function seriesOf(name: string, labels: Labels): string {
  const all = Object.entries(labels).map(
    ([label, value]) => `${label}="${value.replace(/[\\"\n]/g, (char) => (char === "\n" ? "\\n" : `\\${char}`))}"`,
  );
  return all.length === 0 ? name : `${name}{${all.join(",")}}`;
}
