const label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const namespaceShape = new RegExp(`^${label}$`);
const objectShape = new RegExp(`^${label}(?:\\.${label})*$`);
const wordShape = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** A namespace, as an API server takes it. */
export function isNamespace(text: string): boolean {
  return text.length <= 63 && namespaceShape.test(text);
}

/** The name of an object, as an API server takes it. */
export function isObjectName(text: string): boolean {
  return text.length <= 253 && objectShape.test(text);
}

/** A label's key, as an API server takes it: a name, or a domain, a slash and a name. */
export function isLabelKey(text: string): boolean {
  const [name = "", domain, ...more] = text.split("/").reverse();
  return more.length === 0 && (domain === undefined || isObjectName(domain)) && name.length <= 63 && wordShape.test(name);
}

/** A label's value, as an API server takes it: empty, or a word of at most 63 characters. */
export function isLabelValue(text: string): boolean {
  return text === "" || (text.length <= 63 && wordShape.test(text));
}
