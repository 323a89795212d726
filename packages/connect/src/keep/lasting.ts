import {
  canonicalJson,
  isRefusal,
  longestLife,
  refusal,
  sha256,
  type Endpoint,
  type Handed,
  type Hidden,
  type Refusal,
} from "@rollcall/contract";
import { bind } from "../bind.ts";
import type { Provider } from "../provider.ts";
import type { Ask, Resolved } from "../resolve.ts";

export const never: number = Number.POSITIVE_INFINITY;

/** What is known of how long a credential lasts. */
export interface Lasting {
  readonly key: string;
  readonly ask: Ask;
  readonly resolved?: Resolved | undefined;
  /** When it was resolved. */
  readonly from?: number;
  /** What was left word of where it was written. */
  readonly handed?: Handed | undefined;
}

/** When it ends, in milliseconds; never, when nobody said. */
export function expiryOf(resolved: Resolved | undefined): number {
  const at = resolved?.credential.expiresAt;
  return at === undefined ? never : Date.parse(at);
}

/** When it ends, or when what an earlier program handed over does. */
export function endOf(resolved: Resolved | undefined, assumed: Handed | undefined): number {
  return resolved === undefined && assumed !== undefined ? Date.parse(assumed.until ?? "") : expiryOf(resolved);
}

/** Between a half and four fifths of its life, each at its own moment, and at the same one after a restart. */
export function renewal(key: string): number {
  return 0.5 + (0.3 * Number.parseInt(key.slice(0, 8), 16)) / 0xffffffff;
}

/** Since when it is held: the same credential, got again, is as old as it was, so that its word stays as it stands. */
export function fromOf({ key, from, handed, resolved: was }: Lasting, resolved: Resolved, now: number): number {
  if (from !== undefined && was !== undefined && isSame(was, resolved)) return from;
  const before = handed?.by === key && Date.parse(handed.until ?? "") === expiryOf(resolved) ? Date.parse(handed.from ?? "") : now;
  return before <= now ? before : now;
}

/** Only of what ends is it worth anything to know since when; by which provider it came counts when that is withdrawn. */
export function handedOf({ key, ask, from = 0, resolved }: Lasting): { readonly handed: Handed } {
  const until = expiryOf(resolved);
  const word = { provider: ask.provider.name, by: key };
  return { handed: until === never ? word : { ...word, from: new Date(from).toISOString(), until: new Date(until).toISOString() } };
}

/** What one credential is good for: this profile, by this provider as it is configured, at this server with this CA. */
export function keyOf({ cluster, access, endpoint, provider, first }: Ask): string {
  const who = [cluster.id, cluster.uid, cluster.memberId ?? null];
  // What is logged in with for a token is another way in of the same profile, by another provider.
  const others = provider.credential?.kind === "token-request" ? [cluster.access] : null;
  const how = [access.config ?? null, access.args ?? null, access.env ?? null, others];
  const ways = [provider, ...(others && first ? [first] : [])].map((each) => wayOf(each, endpoint));
  return sha256(canonicalJson([who, ways, endpoint, how] as never));
}

/** All of a provider that can change what comes of it; of the hosts, whether they allow this endpoint. The rest is for other clusters and other consumers. */
function wayOf(provider: Provider, endpoint: Endpoint): unknown {
  const { name, execConfig, credential, profileSourcedCLIArgsPolicy, profileSourcedEnvVarsPolicy, hosts } = provider;
  const { command, args, env, apiVersion, provideClusterInfo } = execConfig ?? {};
  const plugin = [command, args, env, apiVersion, provideClusterInfo, profileSourcedCLIArgsPolicy, profileSourcedEnvVarsPolicy];
  const isAllowed = !isRefusal(bind({ credential: { kind: "credential", provider: name } }, endpoint, hosts));
  return [name, plugin.map((each) => each ?? null), { ...credential, hosts: null }, isAllowed];
}

/** Another way to the same cluster may be asked for beside this one, by another list; the same way in another shape takes its place. */
export function isReplaced(was: Ask, is: Ask): boolean {
  return was.cluster.uid !== is.cluster.uid || was.provider.name === is.provider.name;
}

/** What of a credential nobody is to read. */
export function secretsIn(resolved: Resolved | undefined): readonly Hidden<string>[] {
  const { token, clientCertificate } = resolved?.credential ?? {};
  return [token, clientCertificate?.key].filter((each) => each !== undefined);
}

/** Whether it is the very same credential, got once more. */
export function isSame(a: Resolved, b: Resolved): boolean {
  const [one, other] = [a.credential, b.credential];
  return (
    one.token?.reveal() === other.token?.reveal() &&
    one.clientCertificate?.certificate === other.clientCertificate?.certificate &&
    one.clientCertificate?.key.reveal() === other.clientCertificate?.key.reveal()
  );
}

/** What was given, as far as its end can be believed: one that has ended already is none. */
export function believed(lasting: Lasting, resolved: Resolved, now: number): Resolved | Refusal {
  const expiry = expiryOf(resolved);
  if (expiry === never) return resolved;
  if (!(expiry > now))
    return refusal("CredentialExpired", "what was given has ended already; see that the clocks of Rollcall and of whoever gives it agree");
  if (expiry - now <= longestLife) return resolved;
  const end = new Date(saidEnd(lasting, now) ?? now + longestLife);
  return { ...resolved, credential: { ...resolved.credential, expiresAt: end.toISOString() } };
}

/** The end that was said of what lasts longer, until it would be got anew: a restart alone is no reason to say another. */
function saidEnd({ key, handed }: Lasting, now: number): number | undefined {
  if (handed?.by !== key) return undefined;
  const [from, until] = [Date.parse(handed.from ?? ""), Date.parse(handed.until ?? "")];
  return from <= now && now < from + (until - from) * renewal(key) && until <= now + longestLife ? until : undefined;
}
