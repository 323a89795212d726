import { RollcallError } from "@rollcall/contract";
import { stringify } from "yaml";
import { rbacOf } from "../rbac.ts";
import { required, wholeConfig, type Command } from "./command.ts";

/** Prints exactly the rights that a config needs. */
export const rbac: Command = {
  does: "prints exactly the rights that a config needs, as YAML to apply",
  usage: "rollcall rbac --config FILE [--service-account NAMESPACE/NAME]",
  help: { "--config FILE": "the config", "--service-account NAMESPACE/NAME": "who is to have them; rollcall/rollcall if not said" },
  flags: { config: { type: "string", short: "c" }, "service-account": { type: "string" } },
  async run(flags) {
    const config = await wholeConfig(required(flags, "config"));
    const account = String(flags["service-account"] ?? "rollcall/rollcall");
    const [namespace, name, ...more] = account.split("/");
    if (!namespace || !name || more.length > 0)
      throw new RollcallError("BadFlag", `--service-account is NAMESPACE/NAME, got "${account}"`, { retry: false });
    for (const { server, objects } of rbacOf(config, { namespace, name })) {
      process.stdout.write(`# ${server}\n${objects.map((object) => stringify(object, { lineWidth: 0 })).join("---\n")}---\n`);
    }
    return 0;
  },
};
