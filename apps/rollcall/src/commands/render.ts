import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { RollcallError } from "@rollcall/contract";
import { parseAllDocuments, stringify } from "yaml";
import { forReading, renderLists } from "../render.ts";
import { required, wholeConfig, type Command } from "./command.ts";

/** Shows the objects that a config makes of profiles in files. No cluster is asked. */
export const render: Command = {
  does: "shows the objects that a config makes of ClusterProfiles in files; asks no cluster",
  usage: "rollcall render --config FILE -f FILE… [--list NAME] [--show-secrets]",
  help: {
    "--config FILE": "the config",
    "-f FILE": "YAML with ClusterProfiles; again for more, - for standard input",
    "--list NAME": "only this list",
    "--show-secrets": "print Secrets as they would be written; masked if not said",
  },
  flags: {
    config: { type: "string", short: "c" },
    file: { type: "string", short: "f", multiple: true },
    list: { type: "string" },
    "show-secrets": { type: "boolean" },
  },
  async run(flags) {
    const config = await wholeConfig(required(flags, "config"));
    const files = Array.isArray(flags["file"]) ? flags["file"].map(String) : [];
    if (files.length === 0)
      throw new RollcallError("BadFlag", "-f FILE is needed: YAML with ClusterProfiles, or - for standard input", { retry: false });
    const lists = config.lists.filter(({ name }) => flags["list"] === undefined || name === flags["list"]);
    if (lists.length === 0)
      throw new RollcallError(
        "BadFlag",
        `there is no list "${String(flags["list"])}"; there are ${config.lists.map(({ name }) => name).join(", ")}`,
        { retry: false },
      );

    const objects = (await Promise.all(files.map(documents))).flat();
    const rendered = await renderLists({ ...config, lists }, objects);
    for (const { list, cluster, reason, message } of rendered.refusals)
      process.stderr.write(`${list ?? "-"}  ${cluster}  ${reason}: ${message}\n`);
    const shown =
      flags["show-secrets"] === true
        ? rendered.objects
        : rendered.objects.map(({ object, plain }) => ({ object: forReading(object, plain) }));
    process.stdout.write(shown.map(({ object }) => stringify(object, { lineWidth: 0 })).join("---\n"));
    return 0;
  },
};

async function documents(path: string): Promise<readonly unknown[]> {
  const content =
    path === "-" ? await text(process.stdin) : await readFile(path, "utf8").catch((cause: unknown) => unreadable(path, cause));
  return parseAllDocuments(content).flatMap((document) => {
    if (document.errors[0] !== undefined)
      throw new RollcallError("BadFile", `${path} is not YAML: ${document.errors[0].message}`, { retry: false });
    const value: unknown = document.toJS({ maxAliasCount: 20 });
    return value === null ? [] : [value];
  });
}

function unreadable(path: string, cause: unknown): never {
  throw new RollcallError("BadFile", `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    retry: false,
    cause,
  });
}
