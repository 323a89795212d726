/**
 * Whether a server may be somebody else's cluster, as far as its address says: not this machine, not a link-local or metadata address.
 * A name is taken at its word here; what it resolves to is the business of the network's own rules.
 */
export function isReachableHost(server: string): boolean {
  const host = URL.parse(server)?.hostname.toLowerCase().replace(/\.$/, "") ?? "";
  if (host === "" || host.endsWith(".localhost") || ownNames.has(host) || ownApi.test(host)) return false;
  if (host.startsWith("[")) return !isOwnV6(host.slice(1, -1));
  const parts = host.split(".").map(Number);
  return !(parts.length === 4 && parts.every((part) => Number.isInteger(part))) || !isOwnV4(parts);
}

const ownNames: ReadonlySet<string> = new Set(
  [
    "localhost localhost.localdomain localhost4 localhost6 ip6-localhost ip6-loopback",
    // Where Google, Amazon, Tencent, Equinix and Rancher tell a machine who it is.
    "metadata metadata.google.internal metadata.goog instance-data instance-data.ec2.internal",
    "metadata.tencentyun.com metadata.platformequinix.com metadata.packet.net rancher-metadata",
  ].flatMap((names) => names.split(" ")),
);

/** The API server of the cluster that we run in, whatever that cluster calls itself. */
const ownApi = /^kubernetes(?:\.default(?:\.svc(?:\..*)?)?)?$/;

const reserved: readonly (readonly [address: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["100.64.0.0", 10], // Shared with the provider; Alibaba's metadata is in it.
  ["127.0.0.0", 8],
  ["168.63.129.16", 32], // Azure's own, to its machines.
  ["169.254.0.0", 16],
  ["192.0.0.0", 24], // Oracle's metadata is in it.
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];

function isOwnV4(parts: readonly number[]): boolean {
  const address = numberOf(parts);
  return reserved.some(([from, bits]) => address >>> (32 - bits) === numberOf(from.split(".").map(Number)) >>> (32 - bits));
}

function numberOf(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** URL has written them in their shortest form already; an IPv4 address may be inside, as it is, mapped, translated or for a tunnel. */
function isOwnV6(host: string): boolean {
  const [, high, low] = inner.map((each) => each.exec(host)).find((each) => each !== null) ?? [];
  if (high !== undefined && low !== undefined) {
    const [front, back] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
    return isOwnV4([front >> 8, front & 255, back >> 8, back & 255]);
  }
  // Amazon's and Google's metadata lie among the addresses that are anybody's own.
  return /^(?:::[\da-f]{0,4}$|fe[89ab]|ff|fd00:ec2::|fd20:ce::254$|100::|64:ff9b:)/.test(host);
}

const inner: readonly RegExp[] = [
  /^::(?:ffff:(?:0:)?)?([\da-f]{1,4}):([\da-f]{1,4})$/,
  /^64:ff9b::([\da-f]{1,4}):([\da-f]{1,4})$/,
  /^2002:([\da-f]{1,4}):([\da-f]{1,4}):/,
];
