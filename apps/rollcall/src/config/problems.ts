import type { z } from "zod";
import { quoted } from "../one-line.ts";
import type { Problem } from "./config.ts";

type Path = readonly PropertyKey[];

/** What a schema found wrong, each at its place in the config. */
export function problemsOf(error: z.ZodError | undefined, placed: (path: Path) => Path = (path) => path): readonly Problem[] {
  return (error?.issues ?? []).flatMap(meant).flatMap((issue) => {
    // A key that is not known is named at its own place, not at the object's that it stands in.
    const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ path: pathText(placed(path)), message: issue.message }));
  });
}

/** Where several forms will do and one can be told to be meant, what is wrong in that one. */
function meant(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  // What is wrong at its root is another form altogether; a key that is none may be a slip.
  const like = issue.errors.filter((found) => found.every(({ path, code }) => path.length > 0 || code === "unrecognized_keys"));
  const exact = like.filter((found) => found.every(({ path }) => path.length > 0));
  const [form] = [exact, like].find(({ length }) => length === 1) ?? [];
  return form?.map((each) => ({ ...each, path: [...issue.path, ...each.path] })) ?? [issue];
}

/** A path as one would write it in code, such as `lists[0].select.properties["a.b/c"][1]`. */
export function pathText(path: Path): string {
  if (path.length === 0) return "(the config)";
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `${text}[${quoted(name)}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
