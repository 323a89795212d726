import type { ExecReference, Reachable } from "@rollcall/contract";
import { refuse } from "./refuse.ts";

/** A plugin's arguments and environment with `{name}`, `{namespace}` and `{server}` of its cluster in their places. */
export function filled(login: ExecReference, { id, namespace, name }: Reachable, server: string): Pick<ExecReference, "args" | "env"> {
  const words: Readonly<Record<string, string>> = { name, namespace, server };
  // One pass: what is filled in is not looked at again.
  const fill = (text: string) => text.replaceAll(/\{(name|namespace|server)\}/g, (_, word: string) => plain(word, words[word]!, id));
  return {
    args: login.args.map(fill),
    env: Object.fromEntries(Object.entries(login.env).map(([key, value]) => [key, fill(value)])),
  };
}

/** A profile's word becomes part of a command line of the operator's, where it must not pass for an option or for two words. */
function plain(word: string, value: string, id: string): string {
  if (/^[^\s\p{Cc}-][^\s\p{Cc}]*$/u.test(value)) return value;
  throw refuse(
    "UnsafeArgument",
    `the ${word} of ${id} is ${JSON.stringify(value.slice(0, 100))}, which a plugin's command line cannot hold; correct it in its ClusterProfile`,
  );
}
