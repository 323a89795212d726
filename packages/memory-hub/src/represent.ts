import type { ServedKind } from "./kinds.ts";
import type { Page } from "./list.ts";
import type { HubObject } from "./object.ts";
import { notAcceptable } from "./status-error.ts";

/** How an answer is to look: whole objects, or their metadata alone. */
export type Form = "whole" | "PartialObjectMetadata" | "PartialObjectMetadataList";

const metadataForm = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata" } as const;

/** Picks the first form of an Accept header that the hub can give. */
export function formOf(accept: string | undefined): Form {
  const form = (accept ?? "*/*")
    .split(",")
    .map(formOfRange)
    .find((each) => each !== undefined);
  if (form === undefined)
    throw notAcceptable("406: Not Acceptable\n\nAvailable representations: application/json, application/json;stream=watch");
  return form;
}

/** One object, as the body of an answer or in a watch event. */
export function represent(kind: ServedKind, object: HubObject, form: Form): object {
  if (form === "PartialObjectMetadataList")
    throw notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (${kind.kind})`);
  if (form === "PartialObjectMetadata") return { ...metadataForm, metadata: object.metadata };
  const { apiVersion: _, kind: __, ...rest } = object;
  // All versions of a kind share one store, so an object is labelled with the version it was asked for.
  return { apiVersion: kind.apiVersion, kind: kind.kind, ...rest };
}

/** One page of a list. */
export function representPage(kind: ServedKind, { items, metadata }: Page, form: Form): object {
  if (form === "PartialObjectMetadata")
    throw notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (${kind.kind}List)`);
  if (form === "PartialObjectMetadataList") {
    const partial = items.map((item) => represent(kind, item, "PartialObjectMetadata"));
    return { kind: form, apiVersion: metadataForm.apiVersion, metadata, items: partial };
  }
  return { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata, items: items.map((item) => asItem(kind, item)) };
}

/** The items of a built-in list do not repeat their kind; custom resources do. */
function asItem(kind: ServedKind, item: HubObject): object {
  if (!kind.builtIn) return represent(kind, item, "whole");
  const { apiVersion: _, kind: __, ...rest } = item;
  return rest;
}

function formOfRange(range: string): Form | undefined {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
  if (!["application/json", "application/*", "*/*"].includes(type)) return undefined;
  const as = parameters.find((parameter) => parameter.startsWith("as="))?.slice("as=".length);
  if (as === undefined) return "whole";
  return as === "PartialObjectMetadata" || as === "PartialObjectMetadataList" ? as : undefined;
}
