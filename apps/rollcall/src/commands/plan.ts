import { paintFor } from "../colour.ts";
import { look } from "../look.ts";
import { planCode, planReport } from "../plan/report.ts";
import { planText } from "../plan/text.ts";
import { openServer } from "../open-server.ts";
import { required, wholeConfig, type Command } from "./command.ts";
import { isJson, listsNamed, timeoutOf, viewFlags, viewHelp } from "./view-flags.ts";

/** So many writes of a sort are shown in full: a terminal scrolls, and a mass change is read by its first ones. */
const most = 50;

/** Says what a config would change, and writes nothing. */
export const plan: Command = {
  does: "says what a config would change and what that costs; writes nothing",
  usage: "rollcall plan --config FILE [--list NAME]… [--all] [--output text|json]",
  help: {
    ...viewHelp("30s"),
    "--all": `every change in full; else the first ${most} of each sort`,
  },
  flags: { ...viewFlags, all: { type: "boolean" } },
  async run(flags, { out }) {
    const path = required(flags, "config");
    const config = listsNamed(flags, await wholeConfig(path));
    const found = await look({ config, open: openServer, timeout: timeoutOf(flags, 30_000), asksNamespaces: true });
    const report = planReport(found, path);
    const paint = paintFor(flags, { isTTY: process.stdout.isTTY, env: process.env });
    out(
      isJson(flags) ? `${JSON.stringify(report, null, 2)}\n` : planText(report, { paint, most: flags["all"] === true ? Infinity : most }),
    );
    return planCode(report);
  },
};
