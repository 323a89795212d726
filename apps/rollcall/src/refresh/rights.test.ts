import { startMemoryHub, type HubRule, type HubUser, type MemoryHub } from "@rollcall/memory-hub";
import { clusterProfileKind, decisionKind, ocmDecisionKind, profile } from "@rollcall/testing";
import { expect, it, onTestFinished, vi } from "vitest";
import { stringify } from "yaml";
import { configOf, listOf, type Line } from "../reload.test.helper.ts";
import { folder, rollcall } from "../run.test.helper.ts";
import { fromYaml } from "../yaml.ts";
import { applicationSet, inputProvider, kinds, toldInTheEnd, toldOn } from "./refresh.test.helper.ts";

const refresh = { argocd: {}, flux: { namespaces: ["flux-system"], urls: ["https://rollcall.test"] } };
const said = configOf([listOf("one")], {
  inventory: { namespaces: ["fleet"], kubeconfig: "hub.conf" },
  serve: { listen: "127.0.0.1:0", tokens: [{ file: "token" }], refresh },
});

async function hubFor(users: readonly HubUser[]): Promise<MemoryHub> {
  const namespaces = ["fleet", "one", "rollcall", "argocd", "flux-system"];
  const hub = await startMemoryHub({ kinds: [clusterProfileKind, decisionKind, ocmDecisionKind, ...kinds], namespaces, users });
  onTestFinished(() => hub.stop());
  publish(hub, "paris");
  hub.apply(applicationSet("web", { list: "one" }));
  hub.apply(inputProvider("inputs", "list=one"));
  return hub;
}

function publish(hub: MemoryHub, name: string): void {
  const { metadata, ...rest } = profile({ name, provider: "fleet" });
  const { uid: _, creationTimestamp: __, ...sent } = metadata;
  hub.apply({ ...rest, metadata: sent });
}

const kubeconfig = (url: string, token: string): string =>
  stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "hub",
    contexts: [{ name: "hub", context: { cluster: "hub", user: "me" } }],
    clusters: [{ name: "hub", cluster: { server: url } }],
    users: [{ name: "me", user: { token } }],
  });

it(
  "rollcall sync with the printed rights tells those who ask once somebody answers them, and is refused nothing",
  { timeout: 30_000 },
  async () => {
    await using before = await folder({ "config.yaml": stringify(said) });
    const { stdout } = await rollcall(["rbac", "--config", before.at("config.yaml")]);
    const roles = fromYaml("stdout", stdout) as readonly {
      readonly metadata: { readonly namespace?: string };
      readonly rules?: readonly HubRule[];
    }[];
    const rules = roles.flatMap(({ metadata, rules: of = [] }) =>
      of.map((rule) => ({ ...rule, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) })),
    );
    const hub = await hubFor([{ name: "keeper", token: "the-keepers-own", rules }]);
    await using files = await folder({
      "hub.conf": kubeconfig(hub.url, "the-keepers-own"),
      token: "0123456789abcdef-token",
      "config.yaml": stringify(said),
    });
    const lines: Line[] = [];
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      const told = String(text).trimEnd().split("\n");
      return lines.push(...told.map((line) => JSON.parse(line) as Line)) > 0;
    });
    onTestFinished(() => write.mockRestore());
    const running = rollcall(["sync", "--config", files.at("config.yaml")]);
    await vi.waitFor(() => expect(toldOn(hub)).toEqual({ web: 1, inputs: 1 }), { timeout: 10_000 });
    expect(await toldInTheEnd(hub)).toEqual({ web: 1, inputs: 1 });
    const { url } = lines.find(({ message }) => message === "answering")!;
    const ask = async (): Promise<readonly string[]> => {
      const body = JSON.stringify({ applicationSetName: "web", input: { parameters: { list: "one" } } });
      const headers = { authorization: "Bearer 0123456789abcdef-token" };
      const answer = await fetch(`${String(url)}/api/v1/getparams.execute`, { method: "POST", headers, body });
      const { output } = (await answer.json()) as { output: { parameters: readonly { name: string }[] } };
      return output.parameters.map(({ name }) => name);
    };
    expect(await ask()).toEqual(["paris"]);
    publish(hub, "rome");
    await vi.waitFor(() => expect(toldOn(hub)).toEqual({ web: 2, inputs: 2 }), { timeout: 10_000 });
    expect(await ask()).toEqual(["paris", "rome"]);
    process.emit("SIGTERM");
    expect((await running).code).toBe(0);
    const order = lines.map(({ message }) => message);
    expect(order.indexOf("answering")).toBeLessThan(order.indexOf("told those who ask"));
    expect(order.indexOf("answering")).toBeGreaterThan(-1);
    expect(hub.requests.filter(({ code }) => code === 401 || code === 403)).toEqual([]);
    expect(new Set(hub.requests.map(({ user }) => user))).toEqual(new Set(["keeper"]));
  },
);
