/**
 * Whether a server may be somebody else's cluster, as far as its address says: not this machine, not a link-local or metadata address.
 * A name is taken at its word here; what it resolves to is the business of the network's own rules.
 */
export function isReachableHost(server: string): boolean {
  const host = URL.parse(server)?.hostname.toLowerCase().replace(/\.$/, "") ?? "";
  if (host === "" || host === "localhost" || host.endsWith(".localhost")) return false;
  if (metadataNames.has(host)) return false;
  if (host.startsWith("[")) return !isOwnV6(host.slice(1, -1));
  const parts = host.split(".").map(Number);
  return !(parts.length === 4 && parts.every((part) => Number.isInteger(part))) || !isOwnV4(parts);
}

const metadataNames: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "instance-data",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
]);

function isOwnV4([a, b]: readonly number[]): boolean {
  return a === 127 || a === 0 || (a === 169 && b === 254) || a! >= 224;
}

/** URL has written them in their shortest form already; an IPv4 address may be inside. */
function isOwnV6(host: string): boolean {
  const inner = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(host);
  if (inner !== null) {
    const [high, low] = [Number.parseInt(inner[1]!, 16), Number.parseInt(inner[2]!, 16)];
    return isOwnV4([high >> 8, high & 255, low >> 8, low & 255]);
  }
  return host === "::1" || host === "::" || /^fe[89ab]/.test(host) || host.startsWith("ff") || host === "fd00:ec2::254";
}
