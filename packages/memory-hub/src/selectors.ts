import type { HubObject } from "./object.ts";
import { badRequest } from "./status-error.ts";

/** Whether an object is meant. */
export type Matches = (object: HubObject) => boolean;

type Labels = Readonly<Record<string, string>>;
type Requirement = (labels: Labels) => boolean;

const word = String.raw`[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?`;
const setBased = new RegExp(String.raw`^(${word})\s+(in|notin)\s*\(([^()]*)\)$`);
const equality = new RegExp(String.raw`^(${word})\s*(==?|!=)\s*(${word})?$`);
const presence = new RegExp(`^(!?)\\s*(${word})$`);
const value = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Reads a label selector: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas. */
export function labelSelector(text: string): Matches {
  if (text.trim() === "") return () => true;
  const requirements = topLevelParts(text).map(requirement);
  return ({ metadata: { labels = {} } }) => requirements.every((holds) => holds(labels));
}

/** Reads a field selector; a real server, too, knows only these two fields of most kinds. */
export function fieldSelector(text: string): Matches {
  if (text.trim() === "") return () => true;
  const requirements = text.split(",").map((part): Matches => {
    const [, field, operator, expected] = /^([^=!]+)(==?|!=)(.*)$/.exec(part.trim()) ?? [];
    if (field === undefined) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    if (field !== "metadata.name" && field !== "metadata.namespace") throw badRequest(`field label not supported: ${field}`);
    const wanted = operator !== "!=";
    const member = field === "metadata.name" ? "name" : "namespace";
    return ({ metadata }) => ((metadata[member] ?? "") === expected) === wanted;
  });
  return (object) => requirements.every((holds) => holds(object));
}

/** The one name that a field selector asks for: rights can be given for that name alone. */
export function nameSelected(text: string): string | undefined {
  return /(?:^|,)metadata\.name==?([^,]+)(?:,|$)/.exec(text)?.[1];
}

function requirement(text: string): Requirement {
  const [, key = "", operator, list = ""] = setBased.exec(text) ?? [];
  if (operator !== undefined) {
    const values = new Set(list.split(",").map((each) => checkedValue(each.trim())));
    return (labels) => (key in labels && values.has(labels[key]!)) === (operator === "in");
  }
  const [, name, sign, expected = ""] = equality.exec(text) ?? [];
  if (name !== undefined) {
    const wanted = checkedValue(expected);
    return (labels) => (labels[name] === wanted) === (sign !== "!=");
  }
  const [, not, label] = presence.exec(text) ?? [];
  if (label === undefined) throw badRequest(`unable to parse requirement: '${text}'`);
  return (labels) => label in labels === (not === "");
}

function checkedValue(text: string): string {
  if (text.length > 63 || !value.test(text)) throw badRequest(`unable to parse requirement: values: Invalid value: "${text}"`);
  return text;
}

/** Splits at the commas that stand outside parentheses. */
function topLevelParts(text: string): readonly string[] {
  return text.split(/,(?![^()]*\))/).map((part) => part.trim());
}
