import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { RollcallError } from "@rollcall/contract";
import { forReading } from "../for-reading.ts";
import { oneLine } from "../one-line.ts";
import { renderLists, type ListCount } from "../render.ts";
import { fromYaml, toYaml } from "../yaml.ts";
import { required, wholeConfig, type Command } from "./command.ts";

/** Shows the objects that a config makes of profiles in files. No cluster is asked. */
export const render: Command = {
  does: "shows the objects that a config makes of ClusterProfiles in files; asks no cluster",
  usage: "rollcall render --config FILE -f FILE… [--list NAME] [--show-secrets] [--strict]",
  help: {
    "--config FILE": "the config",
    "-f FILE": "YAML with ClusterProfiles; again for more, - for standard input",
    "--list NAME": "only this list",
    "--show-secrets": "print Secrets as they would be written; masked if not said",
    "--strict": "end with 2 when anything was refused",
  },
  flags: {
    config: { type: "string", short: "c" },
    file: { type: "string", short: "f", multiple: true },
    list: { type: "string" },
    "show-secrets": { type: "boolean" },
    strict: { type: "boolean" },
  },
  async run(flags, { out, err }) {
    const config = await wholeConfig(required(flags, "config"));
    const files = Array.isArray(flags["file"]) ? flags["file"].map(String) : [];
    if (files.length === 0) throw bad("-f FILE is needed: YAML with ClusterProfiles, or - for standard input");
    if (files.filter((file) => file === "-").length > 1) throw bad("standard input can be read once; say -f - once");
    const wanted = flags["list"];
    const lists = config.lists.filter(({ name }) => wanted === undefined || name === wanted);
    if (lists.length === 0) throw bad(`there is no list "${String(wanted)}"; there are ${config.lists.map(({ name }) => name).join(", ")}`);

    const profiles = (await Promise.all(files.map(documents))).flat();
    const { objects, refusals, lists: counts } = await renderLists({ ...config, lists }, profiles);
    const said = [
      ...refusals.map(({ list, cluster, reason, message }) => `${list ?? "-"}  ${cluster}  ${reason}: ${message}`),
      ...counts.map(summary),
    ];
    err(said.map((line) => `${oneLine(line)}\n`).join(""));
    const shown = flags["show-secrets"] === true ? objects : objects.map(({ object, plain }) => ({ object: forReading(object, plain) }));
    out(toYaml(shown.map(({ object }) => object)));
    return flags["strict"] === true && refusals.length > 0 ? 2 : 0;
  },
};

function summary({ list, listed, refused, notSelected }: ListCount): string {
  return `${list}  ${listed} ${listed === 1 ? "cluster" : "clusters"} listed, ${refused} refused, ${notSelected} not selected`;
}

async function documents(path: string): Promise<readonly unknown[]> {
  return path === "-" ? fromYaml("standard input", await text(process.stdin)) : fromYaml(path, await read(path));
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw bad(`cannot read ${path} (${(cause as NodeJS.ErrnoException).code ?? String(cause)}); name a file with ClusterProfiles`);
  }
}

function bad(message: string): RollcallError {
  return new RollcallError("BadFlag", message, { retry: false });
}
