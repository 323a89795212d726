import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { crds, startControlPlane } from "../../control-plane/src/index.ts";
import { countedPlugin, plugin, publishMany, runsIn, standing, storm } from "../../logins/storm.ts";
import { loginWorld, type LoginWorld } from "../../logins/world.ts";
import { until } from "../../stories/world.ts";

/** Seconds that a token lasts: all end within one minute, and there is a fifth of it for the renewal. */
const life = 180;
const parallel = 2 * availableParallelism();

const [clusters = 1000, rounds = 3] = process.argv.slice(2).map(Number);
const hub = await startControlPlane({ crds: [crds.clusterProfiles], quiet: true });
let world: LoginWorld | undefined;
try {
  world = await loginWorld(hub, { providers: (dir) => countedPlugin(dir, life) });
  say("case f: as many credentials as there are clusters are due in one moment; a plugin sleeps for 30 ms");
  say(`${clusters} clusters, ${parallel} plugins at once; the ideal, if a process cost nothing: ${(clusters * 30) / parallel} ms`);
  await publishMany(world, clusters);
  const program = await world.start();
  await until("all are listed", async () => (await standing(world!)).length === clusters, 300);
  for (let round = 1; round <= rounds; round += 1) {
    let floor = 0;
    const { got, written, expired } = await storm(world, program, life, async () => void (floor = await bareLoop()));
    const { most } = await runsIn(world.dir);
    const times = `floor ${Math.round(floor)} ms, got ${Math.round(got)} ms (${(got / floor).toFixed(2)} of the floor), written ${Math.round(written)} ms`;
    say(`round ${round}: ${times}; at once ${most}; looks at a credential that had ended ${expired}`);
  }
} finally {
  await world?.close();
  await hub.stop();
}

/** The least that it takes on this machine: the same plugin as often, as many at once, and nothing done with its answers. */
async function bareLoop(): Promise<number> {
  const seen = await mkdtemp(join(tmpdir(), "rollcall-storm-"));
  const env = {
    PATH: process.env["PATH"],
    SEEN: seen,
    LIFE: `${life}`,
    KUBERNETES_EXEC_INFO: '{"spec":{"cluster":{"config":{"temper":"counted"},"server":"https://floor.example.test"}}}',
  };
  const start = performance.now();
  let left = clusters;
  const work = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      await once(spawn(plugin, { env, stdio: ["ignore", "ignore", "ignore"] }), "close");
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  await rm(seen, { recursive: true });
  return performance.now() - start;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
