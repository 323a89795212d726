import { expect, it } from "vitest";
import { follow, lists, pause, plays, profile, quiet, until } from "./informer.test.helper.ts";
import { openTransport } from "./transport.ts";

it("when everything is stopped, no socket and no timer is left", async () => {
  const count = (kind: string): number => process.getActiveResourcesInfo().filter((each) => each === kind).length;
  const resources = (): readonly number[] => [count("TCPSocketWrap"), count("Timeout")];
  await using server = await plays({ list: lists(9, profile("paris", 1)), watch: quiet });
  const [sockets, timers] = resources();
  const transport = openTransport({ url: server.url }, { qps: 100 });
  const all = [false, false, true].map((watchList) => follow(transport, { watchList, silence: 60_000 }));
  // One that waits to try again.
  all.push(follow(openTransport({ url: "http://127.0.0.1:1" }), { firstRetry: 60_000, watchList: false }));
  await Promise.all(all.slice(0, 2).map(({ informer }) => informer.synced));
  await until(() => expect(server.asked).toHaveLength(5));
  expect(resources()[0]).toBeGreaterThan(sockets! + 4);
  expect(resources()[1]).toBeGreaterThan(timers! + 2);
  for (const { stop } of all) stop.abort();
  await transport.close();
  server.cut();
  await pause(100);
  expect(resources()[0]).toBe(sockets);
  expect(resources()[1]).toBeLessThanOrEqual(timers!);
});
