import type { PlacementName } from "@rollcall/answers";
import type { Log } from "../log.ts";
import { oneLine } from "../one-line.ts";
import type { Attended } from "./attend.ts";

/** A request that is over. */
export interface Told extends Pick<Attended, "route" | "isNoise"> {
  readonly method: string;
  readonly list?: string;
  readonly placement?: string;
  readonly status: number;
  readonly bytes: number;
  readonly milliseconds: number;
  /** The file of the token, never what stands in it. */
  readonly token?: string;
  /** Where a stranger asked from. */
  readonly from?: string;
  /** It went away, or was cut off, before the end. */
  readonly isCut: boolean;
}

/** What may be said of a request: nothing of its body, its query or its headers but what was understood of them. */
export function toldOf(
  { route, asked, token, answer, isNoise }: Attended,
  rest: Pick<Told, "method" | "bytes" | "milliseconds" | "isCut"> & { readonly from: string | undefined },
): Told {
  const { from, ...counted } = rest;
  return {
    ...counted,
    route,
    status: answer.status,
    ...(asked && { list: brief(asked.list) }),
    ...(asked?.placement && { placement: brief(placementText(asked.placement)) }),
    ...(token ? { token: token.file } : from !== undefined && { from }),
    ...(isNoise !== undefined && { isNoise }),
  };
}

/** One line for each request; what is as it should be speaks softly, and what says the same again and again says it once. */
export function tell({ isNoise, isCut, ...fields }: Told, log: Log): void {
  if (isNoise) return;
  if (isCut) log("info", "answer cut off", fields);
  else log(fields.status < 400 ? "debug" : "info", fields.status < 400 ? "answered" : "answer refused", fields);
}

function placementText(placement: PlacementName): string {
  const { namespace } = placement;
  return `${namespace === undefined ? "" : `${namespace}/`}${"key" in placement ? `key ${placement.key}` : placement.name}`;
}

// It is a stranger's.
function brief(text: string): string {
  return oneLine(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
