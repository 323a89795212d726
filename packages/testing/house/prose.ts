import { posix } from "node:path";

// Spelled so that this file does not hold what it forbids.
const unfinished = /\b(?:TO(?:DO)|FIX(?:ME)|XX(?:X))\b/;
const machine = /(?<![\w.~}/$-])\/(?:home|Users|root|work|workspace|mnt)\/[\w.-]+|\b[A-Z]:\\Users\\/;
const quiet = /\.(?:skip|only|todo|skipIf|runIf)\b\s*[(.`]|\b(?:xit|xdescribe|xtest|fit|fdescribe)\(/;

/** What a file should not carry into the tree: notes to oneself, paths of one machine, tests that do not run. */
export function leftBehind(file: string, text: string): readonly string[] {
  return text.split("\n").flatMap((line, at) => {
    const where = `${file}:${at + 1}`;
    return [
      ...(unfinished.test(line) ? [`${where} leaves a note of unfinished work; finish it, or open an issue and take the note out`] : []),
      ...(machine.test(line) ? [`${where} names a path of one machine; make it relative or read it from the environment`] : []),
      ...(file.endsWith(".ts") && quiet.test(line) ? [`${where} keeps tests from running; every test runs, or it goes`] : []),
    ];
  });
}

/** What a Markdown file links to inside the tree, with the line that says so. */
function linksOf(text: string): readonly { readonly target: string; readonly line: number }[] {
  let inFence = false;
  return text.split("\n").flatMap((raw, at) => {
    if (/^\s*(?:```|~~~)/.test(raw)) inFence = !inFence;
    if (inFence) return [];
    const line = raw.replaceAll(/`[^`]*`/g, "");
    const inline = [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, target]) => target!);
    const defined = [...line.matchAll(/^\s*\[[^\]]+\]:\s*(\S+)/g)].map(([, target]) => target!);
    return [...inline, ...defined].filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target)).map((target) => ({ target, line: at + 1 }));
  });
}

/** The links of a Markdown file that lead nowhere. `tree` answers for other files: their text, "" for a folder, undefined when absent. */
export function deadLinks(file: string, text: string, tree: (path: string) => string | undefined): readonly string[] {
  return linksOf(text).flatMap(({ target, line }) => {
    const [path = "", anchor] = target.split("#");
    const to = path === "" ? file : posix.join(path.startsWith("/") ? "" : posix.dirname(file), decodeURIComponent(path));
    const found = to === file ? text : tree(to.replace(/^\/|\/$/g, ""));
    if (found === undefined) return [`${file}:${line} links to ${target}, but there is no ${to}`];
    if (anchor === undefined || anchor === "" || !to.endsWith(".md") || anchorsOf(found).includes(anchor)) return [];
    return [`${file}:${line} links to ${target}, but ${to} has no such heading`];
  });
}

/** Headings as GitHub turns them into anchors. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#{1,6}\s+(.*)$/gm)].map(([, heading]) =>
    heading!
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
