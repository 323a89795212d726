import { parseQuery } from "@rollcall/answers";
import { isRefusal } from "@rollcall/contract";
import { fieldOf } from "../config/fields.ts";
import type { Asks } from "./asks.ts";
import type { Consumer } from "./consumer.ts";

export const inputProviders = {
  apiVersion: "fluxcd.controlplane.io/v1",
  kind: "ResourceSetInputProvider",
  plural: "resourcesetinputproviders",
} as const;

/** flux-operator's ResourceSetInputProviders that ask at one of these URLs. */
export function flux(urls: readonly string[]): Consumer {
  return {
    kind: inputProviders,
    annotation: "reconcile.fluxcd.io/requestedAt",
    asks(object) {
      const spec = fieldOf(object, "spec");
      const url = fieldOf(spec, "url");
      if (fieldOf(spec, "type") !== "ExternalService" || typeof url !== "string") return [];
      return urls.some((each) => url.startsWith(each)) ? asksOf(url) : [];
    },
  };
}

function asksOf(url: string): readonly Asks[] {
  const request = URL.canParse(url) ? parseQuery("flux", new URL(url).searchParams) : undefined;
  // What cannot be read is refused, and will be as long as it stands so.
  if (request === undefined || isRefusal(request)) return [];
  const { list, placement, sort } = request;
  const order = sort === "decision";
  if (placement === undefined) return [{ list, order }];
  const named = "key" in placement ? ({ by: "key", value: placement.key } as const) : ({ by: "name", value: placement.name } as const);
  const { namespace } = placement;
  return [{ list, placement: { ...named, ...(namespace !== undefined && { namespace }) }, order }];
}
