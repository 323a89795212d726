import { shortHash, type Cluster } from "@rollcall/contract";
import type { ArgoCdOptions } from "./options.ts";
import { isReserved } from "./reserved.ts";
import { valueOf, type Source } from "./source.ts";

/** The labels that were asked for: those copied from the profile, and over them those made for the Secret. */
export function labelsOf(cluster: Cluster, { copyLabels = [], labels = {} }: ArgoCdOptions): Record<string, string> {
  const isAsked = (key: string) =>
    copyLabels.some((asked) => asked === key || (asked.endsWith("/*") && key.startsWith(asked.slice(0, -1))));
  const copied = Object.entries(cluster.labels).filter(([key]) => isAsked(key) && !isReserved(key));
  return Object.fromEntries([...copied, ...mapped(cluster, labels, labelValue)]);
}

/** The annotations that were asked for. A profile's own are no source: they hold other tools' bookkeeping, at times whole objects. */
export function annotationsOf(cluster: Cluster, { annotations = {} }: ArgoCdOptions): Record<string, string> {
  return Object.fromEntries(mapped(cluster, annotations, annotationValue));
}

function mapped(
  cluster: Cluster,
  wanted: Readonly<Record<string, Source>>,
  toFit: (text: string) => string,
): readonly (readonly [string, string])[] {
  return Object.entries(wanted).flatMap(([key, source]) => {
    const value = valueOf(cluster, source);
    if (value === undefined || isReserved(key)) return [];
    // A label's value is one already, and the operator's own word has been judged where the options were read.
    const isFit = source.from === "label" || source.from === "value";
    return [[key, isFit ? value : toFit(value)] as const];
  });
}

/** Whether an API server takes it for the value of a label. */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/.test(text);
}

/** Makes any text the value of a label. One that is none is changed and ends in a hash, so two texts never meet in one value. */
function labelValue(text: string): string {
  return withHash(text, isLabelValue(text), (stem) =>
    stem
      .replaceAll(/[^-\w.]+/g, "-")
      .slice(0, 63 - hashLength)
      .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, ""),
  );
}

/** Makes any text the value of an annotation that can be used in a template: no longer than a property may be, and one line. */
function annotationValue(text: string): string {
  const breaks = /[\p{Cc}\u2028\u2029]+/gu;
  const isFit = text.length <= longestAnnotation && text.search(breaks) === -1;
  return withHash(text, isFit, (stem) =>
    stem
      .replaceAll(breaks, " ")
      .slice(0, longestAnnotation - hashLength)
      .toWellFormed(),
  );
}

const longestAnnotation = 1024;
const hashLength = 11;

function withHash(text: string, isFit: boolean, stemOf: (text: string) => string): string {
  // A text that looks as if it had been changed gets a hash too: otherwise it could be what another one is changed to.
  if (isFit && !/_[0-9a-f]{10}$/.test(text)) return text;
  return `${stemOf(text) || "x"}_${shortHash(text)}`;
}
