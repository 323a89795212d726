import { annotations, labels, type KubeObject } from "@rollcall/contract";
import type { Problems } from "@rollcall/testing";
import type { Audited } from "./audit.ts";
import { letGoOf, type RollChange } from "./let-go.ts";
import { guardProblems, harmProblem, isSeen, type Cause, type GuardRule, type Known, type Phase, type Stretch } from "./model.ts";

/** What a run was, for the one who judges it. */
export interface Run extends Known {
  readonly user: string;
  readonly fleet: string;
  readonly argocd: string;
  readonly state: string;
  readonly roll: string;
  /** How each profile was, by name. */
  readonly phases: ReadonlyMap<string, readonly Phase[]>;
  /** When an Application surely used each cluster. */
  readonly used: ReadonlyMap<string, readonly Stretch[]>;
  /** When a person gave an ack. */
  readonly acks: readonly number[];
  /** When the API server was down or not ready, so that it may know of no rights. */
  readonly starting: readonly Stretch[];
  readonly graces: Readonly<Record<Cause, number>>;
  readonly guard: GuardRule;
  readonly audit: readonly Audited[];
}

/** What was wrong in the whole of a run, by the API server's own log. */
export function judge(run: Run): Problems {
  const own = run.audit.filter(({ user }) => user === run.user);
  const writes = own.filter(({ verb, code }) => !["get", "list", "watch"].includes(verb) && code >= 200 && code < 300);
  const known = versionsOf(run);
  const secrets = writes.filter(({ resource }) => resource === "secrets");
  const { letGo, rolls } = letGoOf(run);
  return [
    ...own.filter((each) => each.code === 403 && !within(run.starting, each.at)).map((each) => `${said(each)}: it has no right to that`),
    ...writes.flatMap((each) => ownershipProblem(each, run, known)),
    ...writes.flatMap((each) => emptyProblem(each, own)),
    ...secrets.flatMap((each) => harm(each, run, known, rolls)),
    ...guardProblems(letGo, run.guard),
    ...ackProblems(rolls, run.acks),
  ];
}

type Versions = ReadonlyMap<string, KubeObject>;

/** Every version of a Secret that anybody's write was answered with. */
function versionsOf({ audit, argocd }: Run): Versions {
  const answers = audit.filter(({ resource, namespace, answer }) => resource === "secrets" && namespace === argocd && answer?.metadata);
  return new Map(answers.map(({ name, answer }) => [`${name} ${answer!.metadata.resourceVersion}`, answer!]));
}

function basis({ verb, sent }: Audited): string | undefined {
  return verb === "delete" ? sent?.preconditions?.resourceVersion : sent?.metadata?.resourceVersion;
}

function ownershipProblem(each: Audited, { argocd, state, roll }: Run, known: Versions): Problems {
  const { verb, resource, namespace, name, sent } = each;
  if (resource === "configmaps" && namespace === state && name === roll && verb !== "delete") return [];
  if (resource !== "secrets" || namespace !== argocd) return [`${said(each)}: not ours to write`];
  if (verb === "create") return isOurs(sent) ? [] : [`${said(each)}: made without our mark`];
  if (basis(each) === undefined) return [`${said(each)}: it did not say which version it means`];
  const before = known.get(`${name} ${basis(each)}`);
  return before === undefined || isOurs(before) ? [] : [`${said(each)}: what stood there did not bear our mark`];
}

function isOurs(object: Pick<Partial<KubeObject>, "metadata"> | { readonly metadata?: Partial<KubeObject["metadata"]> } = {}): boolean {
  return object.metadata?.labels?.[labels.instance] !== undefined;
}

/**
 * Who finds that its own creation was made and not heard of says everything again, and that may change nothing.
 */
function emptyProblem(each: Audited, own: readonly Audited[]): Problems {
  if (each.verb !== "patch" || each.answer?.metadata?.resourceVersion !== basis(each)) return [];
  const isAgain = own.some(
    ({ verb, name, code, at }) => verb === "create" && name === each.name && code === 409 && at <= each.at && at > each.at - 10_000,
  );
  return isAgain ? [] : [`${said(each)}: it changed nothing`];
}

function harm(each: Audited, run: Run, known: Versions, rolls: readonly RollChange[]): Problems {
  const before = known.get(`${each.name} ${basis(each)}`);
  const { verb, sent, at } = each;
  if (before === undefined || (verb !== "delete" && sent?.metadata?.labels?.[labels.state] !== "leaving")) return [];
  const notes = before.metadata.annotations ?? {};
  const cluster = (notes[annotations.cluster] ?? "").replace(`${run.fleet}/`, "");
  const who = { uid: notes[annotations.clusterUid] ?? "", endpoint: notes[annotations.endpoint] ?? "" };
  const isDrained = verb === "delete" && before.metadata.labels?.[labels.state] === "leaving";
  const { deselected, unregistered } = run.graces;
  // Once it is leaving, no grace is left to wait for; and a relabelling is only for whom somebody deselected.
  const graces = isDrained ? { deselected: 0, unregistered: 0 } : verb === "delete" ? { unregistered } : { deselected };
  const problem = harmProblem(run.phases.get(cluster) ?? [], who, at, graces, run);
  const usedBy = isDrained && (run.used.get(cluster) ?? []).some(({ from, to }) => to > at && isSeen({ from, to: at }, run));
  return [
    ...(problem === undefined ? [] : [`${said(each)}: ${problem}`]),
    ...(usedBy ? [`${said(each)}: an Application used it`] : []),
    ...(isWrittenDown(rolls, `${run.fleet}/${cluster}`, at) ? [] : [`${said(each)}: the roll did not say before that it is leaving`]),
  ];
}

/** Whether Rollcall's own roll said so when the step was taken; one that somebody edits meanwhile may say anything. */
function isWrittenDown(rolls: readonly RollChange[], id: string, at: number): boolean {
  const before = rolls.findLast((each) => each.at <= at);
  const isEdited = rolls.some((each) => !each.isOwn && each.at <= at && each.at > at - 5000);
  return isEdited || before === undefined || before.leaving.has(id);
}

/** Each yes is used once, for those whom it was about. */
function ackProblems(rolls: readonly RollChange[], acks: readonly number[]): Problems {
  let used = 0;
  return rolls.flatMap(({ at, isOwn, acked }, index) => {
    const before = rolls[index - 1]?.acked ?? new Set();
    if (!isOwn || [...acked].every((id) => before.has(id))) return [];
    used += 1;
    const given = acks.filter((each) => each <= at).length;
    return used <= given ? [] : [`${new Date(at).toISOString()}: the roll says that ${[...acked].join(", ")} were acked, and nobody did`];
  });
}

function within(stretches: readonly Stretch[], at: number): boolean {
  return stretches.some(({ from, to }) => from <= at && at <= to);
}

function said({ at, verb, resource, name, uri }: Audited): string {
  return `${new Date(at).toISOString()}: ${verb} of ${resource} ${name || uri}`;
}
