import { isOn } from "./route.ts";
import { fieldSelector, labelSelector, type Matches } from "./selectors.ts";
import { badRequest, invalidListOptions } from "./status-error.ts";

/** What the query of a list or a watch asks for. */
export interface ListOptions {
  readonly matches: Matches;
  /** Whether anything is left out by a selector. */
  readonly selective: boolean;
  readonly limit: number;
  readonly continue: string;
  /** Empty when not given. */
  readonly resourceVersion: string;
  readonly exact: boolean;
  /** The state of things first, then what happens. */
  readonly sendInitialEvents: boolean;
  readonly allowWatchBookmarks: boolean;
  /** 0 when not given. */
  readonly timeoutSeconds: number;
}

/** Reads the query and refuses combinations that a real server refuses. */
export function listOptions(url: URL, isWatch: boolean): ListOptions {
  const query = url.searchParams;
  const labels = query.get("labelSelector") ?? "";
  const fields = query.get("fieldSelector") ?? "";
  const byLabel = labelSelector(labels);
  const byField = fieldSelector(fields);
  const initial = query.get("sendInitialEvents");
  const match = query.get("resourceVersionMatch") ?? "";
  const resourceVersion = query.get("resourceVersion") ?? "";
  if (isWatch) checkWatch(initial, isOn(url, "sendInitialEvents"), match);
  else checkList(initial, match, resourceVersion);
  if (!/^\d*$/.test(resourceVersion)) throw badRequest(`invalid resource version: resourceVersion: Invalid value: "${resourceVersion}"`);
  return {
    matches: (object) => byLabel(object) && byField(object),
    selective: labels !== "" || fields !== "",
    limit: wholeNumber(query.get("limit")),
    continue: query.get("continue") ?? "",
    resourceVersion,
    exact: match === "Exact",
    sendInitialEvents: isOn(url, "sendInitialEvents"),
    allowWatchBookmarks: isOn(url, "allowWatchBookmarks"),
    timeoutSeconds: wholeNumber(query.get("timeoutSeconds")),
  };
}

function checkWatch(initial: string | null, isInitial: boolean, match: string): void {
  if (initial === null && match !== "")
    throw invalidListOptions(
      "resourceVersionMatch",
      "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
    );
  if (isInitial && match !== "NotOlderThan")
    throw invalidListOptions("resourceVersionMatch", "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
}

function checkList(initial: string | null, match: string, resourceVersion: string): void {
  if (match !== "" && resourceVersion === "")
    throw invalidListOptions("resourceVersionMatch", "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (initial !== null) throw invalidListOptions("sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for list");
}

function wholeNumber(text: string | null): number {
  if (text === null || text === "") return 0;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Math.max(0, Number(text));
}
