import { refusal, type Refusal } from "@rollcall/contract";
import type { Ready, Silent } from "./answerable.ts";
import { subjectOf, type Question } from "./request.ts";

/** A refusal as HTTP says it. */
export interface Refused {
  readonly status: 400 | 404 | 409 | 422 | 503;
  readonly why: Refusal;
  /** Seconds after which asking again may help. */
  readonly retryAfter?: number;
}

/** Why nothing can be said, for whoever reads it in a condition of an ApplicationSet and has never heard of us. */
export function silence(silent: Silent, question: Question): Refused {
  const subject = subjectOf(question);
  const cannot = `${subject} cannot be answered`;
  switch (silent.is) {
    case "filling":
      return later(10, "Filling", `${subject} is still being read; wait a minute, then look at: rollcall status`);
    case "stale":
      return later(
        30,
        "Stale",
        `what is known of ${subject} is ${silent.seconds} s old; look whether the hub can be reached, and at the log of Rollcall`,
      );
    case "incomplete":
      return later(
        5,
        "Incomplete",
        `${cannot}: ${silent.why}; if it stays so, look at: rollcall status, and the scheduler that writes the decision`,
      );
    case "held":
      return later(
        60,
        "GuardHolds",
        `${subject} would lose more clusters than its guard allows: ${silent.why}; check the hub, then run: ${ack(question, silent.digest)}`,
      );
    case "no list":
      return {
        status: 404,
        why: refusal(
          "NoList",
          `there is no list ${JSON.stringify(question.list)} to ask for here, only ${named(silent.lists)}; name one of them, or add it to the config`,
        ),
      };
    case "no placement":
      return {
        status: 404,
        why: refusal("NoPlacement", `${cannot}: ${silent.why}; look whether its PlacementDecision exists and whether the name is right`),
      };
    case "ambiguous":
      return {
        status: 409,
        why: refusal("AmbiguousPlacement", `${cannot}: ${silent.why}; ask with its namespace too, or by the name of one`),
      };
    case "no room":
      return {
        status: 409,
        why: refusal(
          "TooManyPlacements",
          `list ${JSON.stringify(question.list)} answers ${silent.most} placements already; ask for one of those, or put this one into a list of its own`,
        ),
      };
  }
}

/** Why "no clusters" is not said, although there are none; undefined when it may be. */
export function whyNotEmpty({ decision, empty = {} }: Ready, question: Question): Refused | undefined {
  const subject = subjectOf(question);
  const harm = "no clusters would delete everything that was made for them, so nothing was changed";
  if (decision === undefined)
    return later(60, "Empty", `${subject} names no cluster, and no decision says that it should (${harm}); look at what the list selects`);
  if (decision.size > 0) {
    return later(
      30,
      "NobodyYet",
      `decision ${decision.name} names ${decision.size} clusters, and none of them is on ${subject} yet (${harm}); look at: rollcall status`,
    );
  }
  if (empty.allowed === undefined)
    return later(
      60,
      "EmptyNotAllowed",
      `decision ${decision.name} names no cluster (${harm}); if that is meant, set answers: { allowEmpty: true } for list ${JSON.stringify(question.list)} in the config`,
    );
  if (empty.passed !== undefined) return undefined;
  return later(
    60,
    "GuardHolds",
    `decision ${decision.name} names no cluster any more (${harm}); check the scheduler, then run: ${ack(question, empty.digest)}`,
  );
}

/** Why members cannot be described, and so nobody is: a list without them would delete what was made for them. */
export function whyUndescribed(ids: readonly string[], question: Question): Refused {
  const who = ids.slice(0, 5).join(", ") + (ids.length > 5 ? ` and ${ids.length - 5} more` : "");
  return later(
    60,
    "ProfileUnread",
    `${who} of ${subjectOf(question)} cannot be described, since the ClusterProfile is gone or cannot be read; bring it back, or see with rollcall status when the cluster leaves`,
  );
}

function later(retryAfter: number, reason: string, message: string): Refused {
  return { status: 503, why: refusal(reason, message), retryAfter };
}

function ack({ list }: Question, digest: string | undefined): string {
  return digest === undefined ? "rollcall status, which says what to confirm" : `rollcall ack ${list} ${digest} --config FILE`;
}

function named(names: readonly string[]): string {
  const most = 10;
  if (names.length === 0) return "none";
  return names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");
}
