import { RollcallError } from "@rollcall/contract";
import { sleep } from "@rollcall/kube";
import { confirm, giveOrders, readBook, type BookPage, type OrderBook } from "@rollcall/sync";
import { atList, type AtList } from "./at-list.ts";
import type { Command } from "./command.ts";
import { secondsOf } from "./moment.ts";
import { guardDigest, isForAnswers, isInVain } from "./waiting.ts";

/** Says yes to exactly the plan that a digest names. */
export const ack: Command = {
  does: "says yes to exactly the plan that a digest names",
  usage: "rollcall ack LIST DIGEST --config FILE [--wait 10s]",
  args: ["LIST", "DIGEST"],
  help: {
    "--config FILE": "the config",
    "--wait TIME": "how long to wait until a running Rollcall has taken it up; 10s if not said, 0 for not at all",
  },
  flags: { config: { type: "string", short: "c" }, wait: { type: "string" } },
  async run(flags, { out, err }, [name = "", digest = ""]) {
    const wait = secondsOf(flags, "wait") ?? 10;
    if (!/^[0-9a-f]{10}$/.test(digest))
      throw bad(`a digest has ten hexadecimal digits, got ${JSON.stringify(digest)}; rollcall status --config FILE says which one waits`);
    return atList(flags, name, async (at) => {
      const { mode } = at.list;
      if (mode !== "sync") throw bad(`list "${name}" is in mode ${mode}: nobody leaves it, so nothing waits for a yes`);
      const page = await readBook(at.book);
      if (page !== undefined && (await isInVain(at, page, digest)))
        throw bad(
          `nobody is missing from list "${name}" by its roll, so nothing waits for a yes and none was set; rollcall status says how it stands`,
        );
      // A list of which nobody ever left has no roll yet, and its placements may wait all the same.
      if (page === undefined && (await isForAnswers(at, digest))) await giveOrders(at.book, (orders) => orders);
      await confirm(at.book, digest);
      out(`a yes to ${digest} is set for list ${name}; it counts for exactly that plan, once a running Rollcall takes it up\n`);
      if (wait === 0) return 0;
      const left = await untilTaken(at.book, digest, wait);
      if (left === "taken") {
        out(`taken up: list ${name} goes on\n`);
        return 0;
      }
      err(`rollcall: not taken up in ${wait} s: ${whyNot(at, digest, left, await isForAnswers(at, digest))}\n`);
      return 2;
    });
  },
};

/** Waits until the yes was taken off, which happens when it counts, and only then; else gives what the roll says in the end. */
async function untilTaken(book: OrderBook, digest: string, seconds: number): Promise<BookPage | "taken"> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const page = await readBook(book);
    if (page === undefined) throw new RollcallError("NoRoll", "the roll was deleted meanwhile; nothing waits for a yes", { retry: false });
    if (page.ack === undefined) return "taken";
    if (page.ack !== digest) throw bad(`somebody else has just confirmed ${page.ack} in its place; look again with rollcall status`);
    if (Date.now() >= deadline) return page;
    await sleep(250, AbortSignal.timeout(Math.max(0, deadline - Date.now())));
  }
}

function whyNot(at: AtList, digest: string, page: BookPage, isForAnswer: boolean): string {
  const { list, book } = at;
  if (isForAnswer) return "a placement of the list still waits for it, and goes on when it is asked for the next time";
  if (guardDigest(at, page) === digest)
    return `the plan is still this one, so no running Rollcall keeps list "${list.name}" of instance "${book.owner.instance}"; the yes stands until one does`;
  return "what waits by the roll is another plan, so nobody goes for this yes; look again with rollcall status, and confirm what it says then";
}

function bad(message: string): RollcallError {
  return new RollcallError("BadAck", message, { retry: false });
}
