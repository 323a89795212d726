import type { Role } from "./rbac.ts";

const roles: Readonly<Record<string, Role>> = {
  sync: "keeper",
  plan: "viewer",
  status: "viewer",
  ack: "operator",
  hold: "operator",
  exclude: "operator",
  pause: "operator",
};

/** What to do when a server does not allow what a command asks of it; nobody below knows which command it was. */
export function whenForbidden(command: string): string {
  const role = roles[command];
  if (role === undefined) return "it takes the rights of an administrator of that server";
  const whose = role === "keeper" ? "" : ` --for ${role}`;
  return `apply what this prints, or have it applied: rollcall rbac --config FILE${whose} --service-account NAMESPACE/NAME`;
}
