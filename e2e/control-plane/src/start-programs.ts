import type { Programs } from "./binaries.ts";
import type { Place } from "./flags.ts";
import { makeFolder, removeFolder } from "./folder.ts";
import { launchable, type Launched, type Options } from "./launch.ts";
import { onExit } from "./on-exit.ts";
import { freePort } from "./ports.ts";
import { prepareFolder, type Tokens } from "./prepare-folder.ts";

/** The programs of one control plane, ready. */
export interface Running {
  readonly place: Place;
  readonly url: string;
  readonly tokens: Tokens;
  readonly launched: readonly Launched[];
  stop(): Promise<void>;
}

/** Starts the programs in a folder of their own, on free ports, and waits until they are ready. */
export async function startPrograms(programs: Programs, options: Options, tries: number = 3): Promise<Running> {
  const ports = { etcd: await freePort(), etcdPeer: await freePort(), apiServer: await freePort(), controllers: await freePort() };
  const url = `https://127.0.0.1:${ports.apiServer}`;
  const place = { dir: makeFolder(), ports };
  let launched: readonly Launched[] = [];

  const forget = onExit(() => {
    for (const each of launched) each.killNow();
    removeFolder(place.dir);
  });
  const stop = async (): Promise<void> => {
    await Promise.all(launched.map((each) => each.kill("SIGKILL")));
    removeFolder(place.dir);
    forget();
  };

  try {
    const tokens = prepareFolder(place.dir, url);
    launched = launchable(programs, place, options);
    const [etcd, apiServer, ...controllers] = launched;
    // The first two start together, which saves a second; the controllers need the certificate that kube-apiserver makes.
    for (const each of [etcd!, apiServer!]) each.start();
    for (const each of [etcd!, apiServer!]) await each.ready();
    for (const each of controllers) each.start();
    for (const each of controllers) await each.ready();
    return { place, url, tokens, launched, stop };
  } catch (error) {
    const portTaken = launched.some((each) => each.lastLines().includes("address already in use"));
    await stop();
    // Between finding a port and listening on it there is a moment in which somebody else may take it.
    if (portTaken && tries > 1) return startPrograms(programs, options, tries - 1);
    throw error;
  }
}
