import { RollcallError } from "@rollcall/contract";
import type { OrderBook } from "@rollcall/sync";
import type { Config, ListConfig } from "../config/config.ts";
import { configFile, problemText } from "../config/file.ts";
import { openServer } from "../open-server.ts";
import { serverOf } from "../servers.ts";
import { newTransports, type Transports } from "../transports.ts";
import { required, type Flags } from "./command.ts";

/** One list of a config, for those who say something about it. */
export interface AtList {
  readonly config: Config;
  readonly list: ListConfig;
  readonly transports: Transports;
  /** Where what people say about it is written. */
  readonly book: OrderBook;
}

/** Finds a list in the config, and opens the server of its target for as long as something is done there. */
export async function atList<T>(flags: Flags, name: string, act: (at: AtList) => Promise<T>): Promise<T> {
  const path = required(flags, "config");
  const { config, problems } = await configFile(path).read();
  const list = config?.lists.find((each) => each.name === name);
  // What is wrong with other lists keeps nobody from a word about this one.
  if (config === undefined || (list === undefined && problems.length > 0))
    throw new RollcallError("BadConfig", problemText(path, problems), { retry: false });
  const all = config.lists.map((each) => each.name).join(", ");
  if (list === undefined) throw new RollcallError("NoList", `there is no list "${name}" in the config; there are ${all}`, { retry: false });
  const transports = newTransports(openServer);
  try {
    const transport = await transports.to(serverOf(list, config));
    const owner = { instance: config.instance, list: name };
    return await act({ config, list, transports, book: { transport, namespace: config.stateNamespace, owner } });
  } finally {
    await transports.closeAll();
  }
}
