import { RollcallError } from "@rollcall/contract";
import type { Transport } from "@rollcall/kube";
import type { Owner } from "@rollcall/sync";
import type { Config, ServerRef } from "../config/config.ts";
import { namespace as namespaces } from "../config/names.ts";
import { list } from "../config/schema.ts";
import { consumers } from "../consumers.ts";
import { findLeft, type LeftBehind } from "../detach/left.ts";
import { letGo, type Fate } from "../detach/let-go.ts";
import { detachDigest, fateInWords, foundInWords, usesInWords } from "../detach/report.ts";
import { usesOf, type Use } from "../detach/users.ts";
import { openServer } from "../open-server.ts";
import { serverKey, serverOf } from "../servers.ts";
import { shellWord } from "../shell-word.ts";
import { newTransports } from "../transports.ts";
import { required, wholeConfig, type Command, type Flags, type Voice } from "./command.ts";

/** Ends a list that is in the config no more: lets go of what it has left behind. */
export const detach: Command = {
  does: "ends a list that is no longer in the config: its objects are kept or deleted",
  usage:
    "rollcall detach LIST (--keep | --delete) --config FILE [--kubeconfig FILE] [--context NAME] [--namespace NAMESPACE] [--confirm DIGEST]",
  args: ["LIST"],
  help: {
    "--config FILE": "the config, without the list",
    "--keep": "takes our marks off the objects, so that they stay and nobody manages them",
    "--delete": "deletes the objects, so that the consumer loses these clusters",
    "--kubeconfig FILE": "the server to look on; every server that the config names if not said",
    "--context NAME": "a context of that kubeconfig, or of the one that kubectl would use",
    "--namespace NAMESPACE": "only objects there; all namespaces if not said",
    "--even-if-used": "deletes objects that somebody uses, too",
    "--confirm DIGEST": "does it; without it, it is only shown",
  },
  flags: {
    config: { type: "string", short: "c" },
    keep: { type: "boolean" },
    delete: { type: "boolean" },
    kubeconfig: { type: "string" },
    context: { type: "string" },
    namespace: { type: "string" },
    "even-if-used": { type: "boolean" },
    confirm: { type: "string" },
  },
  async run(flags, voice, [name = ""]) {
    const fate = fateOf(flags);
    if (!list.shape.name.safeParse(name).success) throw bad(`${JSON.stringify(name)} is no name of a list`);
    const config = await wholeConfig(required(flags, "config"), { mayBeEmpty: true });
    if (config.lists.some((each) => each.name === name))
      throw bad(
        `list "${name}" is in the config, so Rollcall goes on keeping it; take it out, let the running one take that up, and say it again`,
      );
    const within = flags["namespace"];
    if (within !== undefined && !namespaces.safeParse(within).success) throw bad(`--namespace: ${JSON.stringify(within)} is no namespace`);
    const transports = newTransports(openServer);
    try {
      const servers = await Promise.all(serversOf(flags, config).map((server) => transports.to(server)));
      const namespace = within === undefined ? {} : { namespace: String(within) };
      return await detachFrom(servers, { name, fate, config, flags, ...namespace }, voice);
    } finally {
      await transports.closeAll();
    }
  },
};

interface Detaching {
  readonly name: string;
  readonly fate: Fate;
  readonly config: Config;
  readonly flags: Flags;
  readonly namespace?: string;
}

async function detachFrom(
  servers: readonly Transport[],
  { name, fate, config, flags, ...where }: Detaching,
  voice: Voice,
): Promise<number> {
  const owner = { instance: config.instance, list: name };
  const look = { servers, owner, stateNamespace: config.stateNamespace, consumers: Object.values(consumers), ...where };
  const left = await findLeft(look);
  if (left.objects.length + left.strays.length + left.rolls.length > 0) voice.out(foundInWords(name, left));
  if (left.objects.length + left.rolls.length === 0) {
    voice.err(`rollcall: ${nothingLeft(owner, servers, where.namespace)}\n`);
    return 1;
  }
  voice.out(fateInWords(fate, left));
  const uses = fate === "delete" ? await usesOf(left.objects) : [];
  voice.out(usesInWords(uses));
  if (uses.length > 0 && flags["even-if-used"] !== true) throw inUse(uses, left);
  const digest = detachDigest(owner, fate, left);
  if (flags["confirm"] !== digest) {
    const stale = flags["confirm"] === undefined ? "" : `digest ${JSON.stringify(flags["confirm"])} is not about this; `;
    voice.err(`rollcall: ${stale}nothing was done; if that is meant, say: ${again(name, flags)} --confirm ${digest}\n`);
    return 2;
  }
  await letGo(left, fate, (what, { key }) => voice.out(`${what} ${key}\n`));
  voice.out(`list ${name} is detached\n`);
  return 0;
}

function inUse(uses: readonly Use[], { objects }: LeftBehind): RollcallError {
  const how = "move what uses them elsewhere, keep them with --keep, or say --even-if-used";
  return bad(`${uses.length} of ${objects.length} ${uses.length === 1 ? "is" : "are"} in use, so nothing is deleted; ${how}`);
}

/** A name that was mistyped looks just like a list that is done with, so that nobody is told that it is. */
function nothingLeft({ list: name, instance }: Owner, servers: readonly Transport[], namespace = "all namespaces"): string {
  const where = `${servers.map(({ url }) => url).join(" and ")}, ${namespace === "all namespaces" ? "in" : "in namespace"} ${namespace}`;
  const how = "check the name, and name the server with --kubeconfig if the config does not; if the list was detached before, all is done";
  return `nothing of list "${name}" of instance "${instance}" was found on ${where}; ${how}`;
}

function fateOf(flags: Flags): Fate {
  const [keep, del] = [flags["keep"] === true, flags["delete"] === true];
  if (keep === del) throw bad("say what becomes of the objects: either --keep or --delete");
  return keep ? "keep" : "delete";
}

/** The server that was named, else each that the config names. */
function serversOf({ kubeconfig, context }: Flags, config: Config): readonly ServerRef[] {
  if (kubeconfig !== undefined || context !== undefined)
    return [
      { ...(kubeconfig !== undefined && { kubeconfig: String(kubeconfig) }), ...(context !== undefined && { context: String(context) }) },
    ];
  const all = [config.inventory, ...config.lists.map((each) => serverOf(each, config))];
  return [...new Map(all.map((server) => [serverKey(server), server])).values()];
}

/** The same command, as it can be typed again. */
function again(name: string, flags: Flags): string {
  const said = Object.entries(flags).filter(([flag]) => flag !== "confirm");
  const words = said.map(([flag, value]) => (value === true ? `--${flag}` : `--${flag} ${shellWord(String(value))}`));
  return ["rollcall detach", name, ...words].join(" ");
}

function bad(message: string): RollcallError {
  return new RollcallError("BadDetach", message, { retry: false });
}
