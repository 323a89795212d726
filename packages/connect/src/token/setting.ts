/** How a short-lived token is asked for at the member itself, logged in with another provider. */
export interface TokenRequestSetting {
  readonly kind: "token-request";
  /** The provider that the member is logged in to with; the profile has to offer it too. */
  readonly with: string;
  /** `namespace/name` of a ServiceAccount of the member. */
  readonly serviceAccount: string;
  readonly audiences?: readonly string[];
  /** Seconds. */
  readonly expiration?: number;
}

/** How a token of the hub is made for a member that trusts the hub's issuer. */
export interface HubTokenSetting {
  readonly kind: "hub-token";
  /** `namespace/name` of a ServiceAccount of the hub. */
  readonly serviceAccount: string;
  /** Who is to accept it: `{server}`, or a text with `{namespace}`, `{name}` and `{memberId}`. */
  readonly audience?: string;
  /** Seconds. */
  readonly expiration?: number;
}

/** An hour, unless said otherwise: long enough for an outage, short enough for a token that is lost. */
export const usualExpiration = 3600;
