import { RollcallError } from "@rollcall/contract";
import type { Config } from "../config/config.ts";
import { configFile } from "../config/file.ts";
import type { ServeConfig } from "../config/serve.ts";
import { manifestsOf } from "../serve/manifests.ts";
import { toYaml } from "../yaml.ts";
import { required, wholeConfig, type Command } from "./command.ts";
import { sync } from "./sync.ts";

/** Keeps every list true and answers for them; `sync` does too where the config says `serve`, and this insists on it. */
export const serve: Command = {
  does: "keeps every list true as sync does, and answers for them to those who ask",
  usage: "rollcall serve --config FILE [--print-manifests]",
  help: {
    "--config FILE": "the config; it has to say serve (docs/serve.md)",
    "--print-manifests": "only print what Argo CD and flux-operator need to ask, as YAML to apply",
  },
  flags: { config: { type: "string", short: "c" }, "print-manifests": { type: "boolean" } },
  async run(flags, voice, args) {
    const path = required(flags, "config");
    if (flags["print-manifests"] !== true) {
      // A list with a problem keeps nobody else from being answered; what is no config at all, sync says.
      const { config } = await configFile(path).read();
      if (config !== undefined) servedBy(config, path);
      return sync.run(flags, voice, args);
    }
    const config = await wholeConfig(path);
    const parts = manifestsOf(config, servedBy(config, path));
    voice.out(parts.map(({ about, objects }) => `${about.map((line) => `# ${line}\n`).join("")}${toYaml(objects)}`).join("---\n"));
    return 0;
  },
};

function servedBy({ serve }: Config, path: string): ServeConfig {
  if (serve !== undefined) return serve;
  throw new RollcallError("NoServe", `${path} does not say whom to answer; add serve with at least one file of tokens (docs/serve.md)`, {
    retry: false,
  });
}
