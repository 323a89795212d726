import type { InformerEvent, InformerOptions } from "@rollcall/kube";

/** How patient Rollcall is with its watches; said by tests alone. */
export type Timing = Pick<InformerOptions<unknown>, "silence" | "firstRetry">;

/** Tells when a watch is back that was in trouble, so that nobody has to wait until they would have asked again. */
export function whenBack(tell: () => void): (event: InformerEvent) => void {
  const inTrouble = new Set<string>();
  return ({ type, kind }) => {
    if (type === "failed") inTrouble.add(kind);
    if (type === "connected" && inTrouble.delete(kind)) tell();
  };
}
