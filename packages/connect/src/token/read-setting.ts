import { Expect, got, type Problem } from "../expect.ts";
import type { HubTokenSetting, TokenRequestSetting } from "./setting.ts";

const account = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Reads how a token is asked for at a member. */
export function readTokenRequest(setting: unknown, path: string, problems: Problem[]): TokenRequestSetting | undefined {
  const expect = new Expect(problems);
  const fields = expect.record(setting, path, "how tokens are asked for");
  if (fields === undefined) return undefined;
  expect.nothingBut(fields, path, ["kind", "with", "serviceAccount", "audiences", "expiration", "hosts"]);
  const name = expect.text(fields["with"], `${path}.with`, "the provider to log in with");
  const serviceAccount = accountOf(fields["serviceAccount"], `${path}.serviceAccount`, problems);
  const audiences = expect
    .list(fields["audiences"], `${path}.audiences`)
    .flatMap((each, at) => expect.text(each, `${path}.audiences[${at}]`, "an audience") ?? []);
  const expiration = secondsOf(fields["expiration"], `${path}.expiration`, problems);
  if (name === undefined || serviceAccount === undefined) return undefined;
  const base = { kind: "token-request" as const, with: name, serviceAccount };
  return { ...base, ...(audiences.length > 0 && { audiences }), ...(expiration !== undefined && { expiration }) };
}

/** Reads how a token of the hub is made for a member. */
export function readHubToken(setting: unknown, path: string, problems: Problem[]): HubTokenSetting | undefined {
  const expect = new Expect(problems);
  const fields = expect.record(setting, path, "how tokens of the hub are made");
  if (fields === undefined) return undefined;
  expect.nothingBut(fields, path, ["kind", "serviceAccount", "audience", "expiration", "hosts"]);
  const serviceAccount = accountOf(fields["serviceAccount"], `${path}.serviceAccount`, problems);
  const audience = expect.optionalText(fields["audience"], `${path}.audience`, "an audience");
  const rest = audience?.replaceAll(/\{(?:server|name|namespace|memberId)\}/g, "") ?? "";
  // The same audience for all would be a token that each member could use at every other.
  if (audience !== undefined && (!/\{(?:server|name|memberId)\}/.test(audience) || /[{}]/.test(rest)))
    problems.push({
      path: `${path}.audience`,
      message: `expected an audience with {server}, {name} or {memberId} in it, got ${got(audience)}`,
    });
  const expiration = secondsOf(fields["expiration"], `${path}.expiration`, problems);
  if (serviceAccount === undefined) return undefined;
  return {
    kind: "hub-token",
    serviceAccount,
    ...(audience !== undefined && { audience }),
    ...(expiration !== undefined && { expiration }),
  };
}

function accountOf(value: unknown, path: string, problems: Problem[]): string | undefined {
  if (typeof value === "string" && account.test(value)) return value;
  problems.push({ path, message: `expected a ServiceAccount as namespace/name, got ${got(value)}` });
  return undefined;
}

/** As people write it: 10m, 1h. An API server grants no less than ten minutes. */
function secondsOf(value: unknown, path: string, problems: Problem[]): number | undefined {
  if (value === undefined) return undefined;
  const [, amount, unit] = (typeof value === "string" && /^(\d{1,6})([mh])$/.exec(value)) || [];
  const seconds = Number(amount) * (unit === "h" ? 3600 : 60);
  if (seconds >= 600 && seconds <= 86_400) return seconds;
  problems.push({ path, message: `expected a duration from 10m to 24h, got ${got(value)}` });
  return undefined;
}
