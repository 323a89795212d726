import { paintFor } from "../colour.ts";
import { look } from "../look.ts";
import { openServer } from "../open-server.ts";
import { statusCode, statusReport } from "../status/report.ts";
import { statusText } from "../status/text.ts";
import { required, wholeConfig, type Command } from "./command.ts";
import { clusterId } from "./order.ts";
import { isJson, listsNamed, timeoutOf, viewFlags, viewHelp } from "./view-flags.ts";

/** One screen: whoever needs somebody comes first. */
const most = 50;

/** Says how every cluster stands on every list, by one look of its own: no running Rollcall is asked. */
export const status: Command = {
  does: "says how every cluster stands, why, since when and what to do",
  usage: "rollcall status --config FILE [--list NAME]… [--cluster ID] [--all] [--output text|json]",
  help: {
    ...viewHelp("10s"),
    "--cluster ID": "this cluster alone, as NAMESPACE/NAME of its profile; the name is enough where one namespace is watched",
    "--all": `members too of which there is nothing to say, and more than ${most} clusters of a list`,
  },
  flags: { ...viewFlags, cluster: { type: "string" }, all: { type: "boolean" } },
  async run(flags, { out }) {
    const path = required(flags, "config");
    const config = listsNamed(flags, await wholeConfig(path));
    const id = flags["cluster"];
    const found = await look({ config, open: openServer, timeout: timeoutOf(flags, 10_000) });
    const question = { all: flags["all"] === true, configPath: path, ...(typeof id === "string" && { cluster: clusterId(id, config) }) };
    const report = statusReport(found, question);
    const paint = paintFor(flags, { isTTY: process.stdout.isTTY, env: process.env });
    out(isJson(flags) ? `${JSON.stringify(report, null, 2)}\n` : statusText(report, { paint, most: question.all ? Infinity : most }));
    return statusCode(report);
  },
};
