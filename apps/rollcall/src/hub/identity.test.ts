import type { InformerEvent, Transport } from "@rollcall/kube";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { identify, type Identity } from "./identity.ts";

const kind = "ClusterProfile";
const connected = (again: boolean): InformerEvent => ({ type: "connected", kind, again });
const listed = (more: { readonly again?: true } = {}): InformerEvent => ({
  type: "listed",
  kind,
  objects: 3,
  missed: 0,
  how: "pages",
  ...more,
});
const failed: InformerEvent = { type: "failed", kind, error: new Error("reset"), retryIn: 1, absent: false };

interface Story {
  readonly identity: Identity;
  readonly found: (readonly string[])[];
  readonly lines: string[];
  readonly asked: () => number;
  /** From now on this one answers; without a uid, nobody may know. */
  readonly answers: (uid?: string, meanwhile?: () => void) => void;
}

async function story(): Promise<Story> {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  let uid: string | undefined = "one";
  let meanwhile: (() => void) | undefined;
  let asked = 0;
  const call = async (): Promise<unknown> => {
    asked += 1;
    const metadata = { name: "kube-system", resourceVersion: "1", uid };
    meanwhile?.();
    if (metadata.uid === undefined) throw new Error("503 for now");
    return { apiVersion: "v1", kind: "Namespace", metadata };
  };
  const transport = { url: "https://hub", call } as unknown as Transport;
  const [lines, found] = [[] as string[], [] as (readonly string[])[]];
  const log = (_: string, message: string): void => void lines.push(message);
  const identity = identify(transport, stopping.signal, log, (unsure) => found.push(unsure));
  expect(identity.uid()).toBeUndefined();
  identity.heard(connected(false));
  identity.heard(listed());
  await identity.known;
  return {
    identity,
    found,
    lines,
    asked: () => asked,
    answers(is, then) {
      uid = is;
      meanwhile = then;
    },
  };
}

const soon = (isSo: () => void): Promise<void> => vi.waitFor(isSo, { timeout: 5000, interval: 5 });

describe.concurrent("which hub it is", () => {
  it("is asked once at the start, and not again for a first list", async () => {
    const { identity, asked } = await story();
    identity.heard(connected(false));
    identity.heard(listed());
    identity.took();
    expect([identity.uid(), asked()]).toEqual(["one", 1]);
  });

  it.each([
    { when: "a watch begins anew, however well it ended", tell: (to: Identity) => to.heard(connected(true)) },
    { when: "all is listed anew", tell: (to: Identity) => to.heard(listed({ again: true })) },
    { when: "something is read after it was out of reach", tell: (to: Identity) => (to.heard(failed), to.took()) },
    { when: "a first list comes after it was out of reach", tell: (to: Identity) => (to.heard(failed), to.heard(listed())) },
  ])("is not known when $when, until it was asked", async ({ tell }) => {
    const { identity, found, answers, lines } = await story();
    answers("two");
    tell(identity);
    expect(identity.uid()).toBeUndefined();
    await soon(() => expect(identity.uid()).toBe("two"));
    expect([found.length, lines]).toEqual([1, ["another hub answers"]]);
  });

  it("is not known for as long as it does not say", async () => {
    const { identity, answers, lines } = await story();
    answers(undefined);
    identity.heard(connected(true));
    await soon(() => expect(lines).toEqual(["the hub cannot be identified"]));
    expect(identity.uid()).toBeUndefined();
    answers("two");
    await soon(() => expect(identity.uid()).toBe("two"));
  });

  it("costs one question and no line where it is the same, however many watches come back at once", async () => {
    const { identity, asked, found, lines } = await story();
    for (const event of [failed, connected(true), listed({ again: true }), connected(true)]) identity.heard(event);
    await new Promise((resolve) => setTimeout(resolve, 5));
    identity.heard(connected(true));
    identity.took();
    await soon(() => expect(identity.uid()).toBe("one"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([asked(), found, lines]).toEqual([2, [[]], []]);
  });

  it("is asked again where a watch begins anew before the answer is there: it may be the former's", async () => {
    const { identity, answers, asked, found } = await story();
    answers("one", () => {
      answers("two");
      identity.heard(connected(true));
    });
    identity.heard(connected(true));
    await soon(() => expect(identity.uid()).toBe("two"));
    expect([asked(), found]).toEqual([3, [[]]]);
  });

  it("once known, tells of whoever was looked at meanwhile, and of nobody else", async () => {
    const { identity, found } = await story();
    identity.lookedAt("fleet/rome");
    identity.heard(connected(true));
    identity.lookedAt("fleet/paris");
    await soon(() => expect(found).toEqual([["fleet/paris"]]));
    identity.heard(connected(true));
    await soon(() => expect(found).toEqual([["fleet/paris"], []]));
  });
});
