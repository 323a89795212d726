import type { Placed } from "@rollcall/answers";

/** Numbers what is answered: another number whenever it is another, and the same members where it is not. */
export interface Numbered {
  number(members: readonly Placed[]): { readonly generation: string; readonly members: readonly Placed[] };
}

export function numbered(boot: string): Numbered {
  const series = `${boot}-${(made += 1).toString(36)}`;
  let count = 0;
  let before: readonly Placed[] | undefined;
  return {
    number(members) {
      if (before === undefined || before.length !== members.length || !members.every((each, at) => isSame(each, before![at]!))) {
        before = members;
        count += 1;
      }
      return { generation: `${series}-${count.toString(36)}`, members: before };
    },
  };
}

let made = 0;

function isSame(one: Placed, other: Placed): boolean {
  const isOf = one.id === other.id && one.order === other.order && one.reason === other.reason && one.cluster === other.cluster;
  return isOf && (one.plain === other.plain || JSON.stringify(one.plain) === JSON.stringify(other.plain));
}
