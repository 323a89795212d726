import { type Problem, got } from "./expect.ts";

const label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
// Of a wildcard at least two names stay: one for a whole top-level domain would allow anybody.
const pattern = new RegExp(`^(?:\\*\\.${label}(?:\\.${label})+|${label}(?:\\.${label})*|\\[[0-9a-f:.]+\\])(?::[1-9]\\d{0,4})?$`, "i");

/** Reads the hosts to which an operator lets the credentials of a provider be sent: `api.example.test`, `*.example.test`, either with a port. */
export function readHosts(value: unknown, path: string, problems: Problem[]): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const expected = 'expected a list of hosts, such as "api.example.com", "*.example.com" or "10.0.0.1:6443"';
  if (!Array.isArray(value)) {
    problems.push({ path, message: `${expected}, got ${got(value)}` });
    return undefined;
  }
  return value.filter((host: unknown, at): host is string => {
    if (typeof host === "string" && pattern.test(host)) return true;
    problems.push({ path: `${path}[${at}]`, message: `${expected}, got ${got(host)}` });
    return false;
  });
}

/** Whether one of the hosts is that of an address. Without a port any will do; `*.` stands for one name or more. */
export function allowsHost(hosts: readonly string[], address: string): boolean {
  const url = URL.parse(address);
  if (url === null) return false;
  const { hostname, port } = partsOf(url);
  return hosts.some((each) => {
    // As a URL, so that both sides are spelled alike; a star is no character of a host there.
    const wanted = URL.parse(`https://${each.replace(/^\*\./, "any.")}`);
    if (wanted === null || !pattern.test(each)) return false;
    if (/:\d+$/.test(each) && partsOf(wanted).port !== port) return false;
    const name = partsOf(wanted).hostname;
    return each.startsWith("*.") ? hostname.endsWith(name.slice("any".length)) : hostname === name;
  });
}

const usualPorts: Readonly<Record<string, string>> = { "http:": "80", "https:": "443", "socks5:": "1080" };

function partsOf({ protocol, hostname, port }: URL): { readonly hostname: string; readonly port: string | undefined } {
  // A dot at the end of a host says that it is a whole name; it is the same host.
  return { hostname: hostname.toLowerCase().replace(/\.$/, ""), port: port || usualPorts[protocol] };
}
