import { RollcallError } from "@rollcall/contract";
import { namespace as namespaces, objectName } from "../config/names.ts";
import { defaultAccounts, rbacOf, roles, type Account, type Role } from "../rbac.ts";
import { toYaml } from "../yaml.ts";
import { required, wholeConfig, type Command } from "./command.ts";

/** Prints exactly the rights that a config needs. */
export const rbac: Command = {
  does: "prints exactly the rights that a config needs, as YAML to apply",
  usage: "rollcall rbac --config FILE [--for keeper|viewer|operator] [--service-account NAMESPACE/NAME]",
  help: {
    "--config FILE": "the config",
    "--for keeper|viewer|operator":
      "to run sync, to look with plan and status, which write nothing, or to look and to say ack, hold, exclude and pause; keeper if not said",
    "--service-account NAMESPACE/NAME":
      "who is to have them; rollcall/rollcall, rollcall/rollcall-viewer or rollcall/rollcall-operator if not said",
  },
  flags: { config: { type: "string", short: "c" }, for: { type: "string" }, "service-account": { type: "string" } },
  async run(flags, { out, err }) {
    const config = await wholeConfig(required(flags, "config"));
    const role = roleOf(flags["for"] ?? "keeper");
    const servers = rbacOf(config, accountOf(flags["service-account"] ?? defaultAccounts[role]), role);
    out(servers.map(({ server, objects }) => `# On ${server}\n${toYaml(objects)}`).join("---\n"));
    if (servers.length > 1)
      err(`rollcall: these are rights on ${servers.length} servers; apply each part on its own, as the comments say\n`);
    return 0;
  },
};

function roleOf(said: unknown): Role {
  const role = roles.find((each) => each === said);
  if (role !== undefined) return role;
  throw new RollcallError("BadFlag", `--for is keeper, viewer or operator, got ${JSON.stringify(said)}`, { retry: false });
}

function accountOf(said: unknown): Account {
  const [namespace, name, ...more] = String(said).split("/");
  if (namespaces.safeParse(namespace).success && objectName("a name").safeParse(name).success && more.length === 0)
    return { namespace: namespace!, name: name! };
  throw new RollcallError("BadFlag", `--service-account is NAMESPACE/NAME, got ${JSON.stringify(said)}`, { retry: false });
}
