import type { Answered } from "@rollcall/contract";
import type { KeptList } from "@rollcall/sync";

/** The same list, whose ten thousand clusters are gone through once for each of its versions: many placements want to know the same of it. */
export function goneThroughOnce(kept: KeptList): KeptList {
  let known: { readonly of: string; readonly is: readonly Answered[] } | undefined;
  return {
    ...kept,
    answered() {
      const of = kept.version();
      if (known?.of !== of) known = { of, is: kept.answered() };
      return known.is;
    },
  };
}
