import { answerSource } from "../answers/source.ts";
import { configFile, problemText } from "../config/file.ts";
import { jsonLog } from "../log.ts";
import { newLines } from "../lines.ts";
import { listen } from "../listen.ts";
import { newMetrics } from "../metrics.ts";
import { openServer } from "../open-server.ts";
import { newRefresher } from "../refresh/refresher.ts";
import { followConfig } from "../reload.ts";
import { startRollcall } from "../rollcall.ts";
import { startServer, type Serving } from "../serve/server.ts";
import { required, type Command } from "./command.ts";

/** Keeps every list of a config true until told to stop. */
export const sync: Command = {
  does: "keeps every list of a config true, until told to stop",
  usage: "rollcall sync --config FILE",
  help: { "--config FILE": "the config (docs/config.md)" },
  flags: { config: { type: "string", short: "c" } },
  async run(flags) {
    const path = required(flags, "config");
    const lines = newLines((text) => process.stdout.write(text));
    process.once("exit", lines.flush);
    const log = jsonLog(lines.write);
    const source = configFile(path);
    const { config, problems } = await source.read();
    // Without a single list there is nothing to keep, and nobody would notice.
    if (config === undefined || config.lists.length === 0) {
      process.stderr.write(`${problemText(path, problems)}\n`);
      return 1;
    }
    for (const { path: at, message } of problems) log("error", "config problem", { at, problem: message });

    const stopped = toldToStop();
    const metrics = newMetrics();
    const refresh = config.serve?.refresh;
    const refresher = refresh && newRefresher({ refresh, inventory: config.inventory, log });
    let serving: Serving | undefined;
    const rollcall = await startRollcall({
      config,
      configPath: path,
      open: openServer,
      log,
      report(event) {
        metrics.heard(event);
        if (event.is === "state" && event.state === "gone") serving?.forget(event.list, event.cluster);
      },
      watched: metrics.watched,
      ...(refresher && { onAnswer: refresher.tell }),
    });
    metrics.configured(problems.length);
    const following = new AbortController();
    const readAgain = followConfig({
      source,
      take: (read) => rollcall.take(read),
      log,
      done: (result, found) => metrics.configured(found, result),
      signal: following.signal,
    });
    const hungUp = (): void => void readAgain();
    process.on("SIGHUP", hungUp);
    let isReady = false;
    void rollcall.settled().then(() => (isReady = true));
    const text = (): string =>
      metrics.text({
        lists: rollcall.lists,
        heardAgo: rollcall.hub.heardAgo(),
        heartbeats: rollcall.hub.heartbeats(),
        credentials: rollcall.credentials(),
        isReady,
      });
    const telling = config.metrics && (await listen(config.metrics.listen, { isReady: () => isReady, metrics: text }));
    if (telling !== undefined) log("info", "listening", { url: telling.url });
    if (config.serve !== undefined) {
      const source = answerSource(rollcall);
      serving = await startServer({ config: config.serve, source, log, isReady: () => isReady, heard: metrics.answered });
      log("info", "answering", { url: serving.url });
    }
    refresher?.start(rollcall.transportTo);
    log("info", "started", { lists: config.lists.map(({ name, mode }) => `${name} (${mode})`), namespaces: config.inventory.namespaces });
    const signal = await stopped;
    log("info", "stopping", { signal });
    process.off("SIGHUP", hungUp);
    following.abort();
    await refresher?.stop();
    await serving?.stop();
    await telling?.close();
    await rollcall.stop();
    log("info", "stopped");
    process.off("exit", lines.flush);
    lines.flush();
    return 0;
  },
};

function toldToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}
