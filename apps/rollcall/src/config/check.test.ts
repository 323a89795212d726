import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cluster } from "@rollcall/testing";
import { argocdOptions } from "./argocd.ts";
import { checkConfig } from "./check.ts";

const head = { apiVersion: "rollcall.dev/v1alpha1", kind: "RollcallConfig", inventory: { namespaces: ["fleet"] } };
const plain = { name: "argocd", consumer: "argocd", target: { namespace: "argocd" } };

/** A config with one list that says this, and a file that says that. */
function config(list: object = {}, file: object = {}): object {
  return { ...head, lists: [{ ...plain, ...list }], ...file };
}

function problems(value: unknown, providerFile?: unknown): readonly string[] {
  return checkConfig(value, providerFile).problems.map(({ path, message }) => `${path}  ${message}`);
}

describe("a config that says everything", () => {
  const { config: read, problems } = checkConfig(
    {
      ...head,
      instance: "east",
      inventory: { namespaces: ["fleet"], kubeconfig: "/etc/hub", context: "hub" },
      providers: {
        file: "providers.json",
        inline: [{ name: "corp", execConfig: { command: "/plugins/corp", apiVersion: "client.authentication.k8s.io/v1" } }],
        settings: { google: { kind: "gcp" } },
      },
      state: { namespace: "rollcall-east" },
      lists: [
        {
          name: "argocd",
          consumer: "argocd",
          mode: "upsert",
          select: {
            labels: "env in (prod, staging)",
            properties: { "topology.kubernetes.io/region": ["eu-west-1"] },
            namespaces: ["fleet"],
            names: ["paris", "oslo"],
          },
          target: { namespace: "argocd", kubeconfig: "/etc/argocd", context: "tools" },
          options: { name: "{name}", copyLabels: ["env", "region", "topology.kubernetes.io/*"], project: "platform", login: "by itself" },
          removal: {
            deselected: { then: "drain", after: "10m" },
            unregistered: { then: "release", after: "1h" },
            unhealthy: { then: "keep" },
            guard: { max: 5, percent: 20, window: "10m" },
          },
        },
      ],
    },
    { providers: [{ name: "eks", execConfig: { command: "eks", apiVersion: "client.authentication.k8s.io/v1" } }] },
  );
  const [list] = read?.lists ?? [];

  it("is read as it is written", () => {
    expect(problems).toEqual([]);
    expect(read).toMatchObject({
      instance: "east",
      inventory: { namespaces: ["fleet"], kubeconfig: "/etc/hub", context: "hub" },
      stateNamespace: "rollcall-east",
    });
    expect(read?.providers.map(({ name }) => name)).toEqual(["eks", "corp", "google"]);
    expect(list).toMatchObject({
      name: "argocd",
      mode: "upsert",
      target: { kubeconfig: "/etc/argocd", context: "tools" },
      options: { namespace: "argocd", name: "{name}", project: "platform", login: "by itself" },
      removals: {
        deselected: { then: "drain", after: 600 },
        unregistered: { then: "release", after: 3600 },
        unhealthy: { then: "keep", after: 0 },
      },
      guard: { max: 5, percent: 20, window: 600 },
    });
    expect(list?.consumer.adapter.name).toBe("argocd");
  });

  it("chooses whom all parts of its selection choose", () => {
    const given = { labels: { env: "prod" }, properties: { "topology.kubernetes.io/region": "eu-west-1" } };
    const chosen = (other: object) => list?.select(cluster({ namespace: "fleet", name: "paris", ...given, ...other }));
    expect(chosen({})).toEqual({ chosen: true });
    expect(chosen({ labels: { env: "dev" } })).toEqual({ chosen: false });
    expect(chosen({ properties: {} })).toEqual({ chosen: false });
    expect(chosen({ name: "lima" })).toEqual({ chosen: false });
    expect(chosen({ namespace: "other" })).toEqual({ chosen: false });
  });
});

describe("a config that says the least", () => {
  it("has the defaults that do no harm", () => {
    const { config: read, problems } = checkConfig(config());
    expect(problems).toEqual([]);
    expect(read).toEqual({
      instance: "rollcall",
      inventory: { namespaces: ["fleet"], placements: { namespaces: ["fleet"], settle: { one: 3, several: 30 } } },
      providers: [],
      stateNamespace: "rollcall",
      lists: [
        {
          name: "argocd",
          consumer: expect.anything() as unknown,
          mode: "sync",
          select: expect.any(Function) as unknown,
          health: { join: "any", joinAfter: 0 },
          asksNamespaces: false,
          target: {},
          options: { namespace: "argocd" },
          removals: {
            deselected: { then: "drain", after: 600 },
            unregistered: { then: "release", after: 3600 },
            unhealthy: { then: "keep", after: 0 },
          },
          guard: { max: 5, percent: 20, window: 600 },
          answers: { allowEmpty: false },
          digest: expect.stringMatching(/^[0-9a-f]{10}$/) as unknown,
        },
      ],
    });
    expect(read?.lists[0]?.select(cluster({ name: "anybody" }))).toEqual({ chosen: true });
  });

  it("lets nobody go in the same second, even without a grace", () => {
    const removal = { deselected: { after: 0 }, unregistered: { after: "0s" } };
    const { removals } = checkConfig(config({ removal })).config!.lists[0]!;
    expect([removals.deselected.after, removals.unregistered.after]).toEqual([1, 1]);
  });

  it("has no pace, and one with a canary and a minute to watch it where it is asked for", () => {
    expect(checkConfig(config({ pace: { perMinute: 30 } })).config?.lists[0]?.pacing).toEqual({ perMinute: 30, canary: 1, watch: 60 });
    expect(checkConfig(config({ pace: { canary: 0 } })).problems.map(({ path }) => path)).toEqual([
      "lists[0].pace.perMinute",
      "lists[0].pace.canary",
    ]);
  });

  it("keeps what a cause says of the other half: only a way, or only a wait", () => {
    const removal = { deselected: { after: "1d" }, unregistered: { then: "keep" } };
    expect(checkConfig(config({ removal })).config?.lists[0]?.removals).toMatchObject({
      deselected: { then: "drain", after: 86_400 },
      unregistered: { then: "keep", after: 3600 },
    });
  });

  it("names newcomers with their namespace where several are watched, unless it says how", () => {
    const several = { inventory: { namespaces: ["fleet", "edge"] } };
    const select = { namespaces: ["edge"] };
    expect(checkConfig(config({ select }, several)).config?.lists[0]?.options).toEqual({ namespace: "argocd", name: "{namespace}.{name}" });
    const named = config({ select, options: { name: "{name}" } }, several);
    expect(checkConfig(named).config?.lists[0]?.options).toEqual({ namespace: "argocd", name: "{name}" });
  });
});

const argocd = Object.keys(argocdOptions.shape)
  .filter((key) => key !== "namespace")
  .join(", ");
const aNamespace = 'a namespace (at most 63 lower-case letters, digits and "-")';

describe("a mistake in the file is named at its place", () => {
  it.each([
    { when: "nothing at all", value: null, says: ["(the config)  expected an object, got nothing"] },
    { when: "a list", value: [1], says: ["(the config)  expected an object, got a list"] },
    { when: "a text", value: "lists", says: ["(the config)  expected an object, got a text"] },
    { when: "another version", value: config({}, { apiVersion: "v1" }), says: ['apiVersion  expected rollcall.dev/v1alpha1, got "v1"'] },
    { when: "another kind", value: config({}, { kind: "Config" }), says: ['kind  expected RollcallConfig, got "Config"'] },
    { when: "no inventory", value: config({}, { inventory: undefined }), says: ["inventory  expected an object, got nothing"] },
    {
      when: "no namespace",
      value: config({}, { inventory: { namespaces: [] } }),
      says: ["inventory.namespaces  expected at least one namespace to read ClusterProfiles from, got an empty list"],
    },
    {
      when: "a namespace that is none",
      value: config({}, { inventory: { namespaces: ["Fleet"] } }),
      says: [`inventory.namespaces[0]  expected ${aNamespace}, got "Fleet"`],
    },
    {
      when: "a namespace twice",
      value: config({ select: { namespaces: ["fleet"] } }, { inventory: { namespaces: ["fleet", "fleet"] } }),
      says: ['inventory.namespaces[1]  is there twice ("fleet"); say it once'],
    },
    {
      when: "an instance that is no part of a label",
      value: config({}, { instance: "My_Rollcall" }),
      says: ['instance  expected an instance\'s name (at most 63 lower-case letters, digits and "-"), got "My_Rollcall"'],
    },
    {
      when: "an empty kubeconfig",
      value: config({}, { inventory: { namespaces: ["fleet"], kubeconfig: "" } }),
      says: ['inventory.kubeconfig  expected a text that is not empty, got ""'],
    },
    {
      when: "a misspelt key",
      value: config({}, { provider: {} }),
      says: ["provider  is not known here; known are apiVersion, kind, instance, inventory, providers, state, metrics, serve, lists"],
    },
    { when: "no list", value: config({}, { lists: [] }), says: ["lists  expected at least one list, got an empty list"] },
    { when: "lists that are none", value: config({}, { lists: {} }), says: ["lists  expected at least one list, got an object"] },
    {
      when: "a provider without a command, and a login that there is not",
      value: config({}, { providers: { inline: [{ name: "a", execConfig: {} }], settings: { "b c": { kind: "gpc" } } } }),
      says: [
        "providers.inline[0].execConfig.command  expected the command of the plugin, got nothing",
        "providers.inline[0].execConfig.apiVersion  expected client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1, got nothing",
        expect.stringMatching(/^providers\.settings\["b c"\]\.kind {2}expected gcp or aws or .*, got "gpc"$/) as string,
      ],
    },
  ])("$when", ({ value, says }) => {
    expect(problems(value)).toEqual(says);
  });

  it("a provider file of another shape", () => {
    expect(problems(config(), { clusters: [] })).toEqual(["providers.file.providers  expected a list of providers, got none"]);
  });
});

describe("a mistake in a list is named at its place", () => {
  it.each([
    {
      when: "no name",
      list: { name: undefined },
      says: ['name  expected a list\'s name (at most 63 lower-case letters, digits and "-"), got nothing'],
    },
    { when: "a consumer that there is not", list: { consumer: "argo" }, says: ['consumer  expected argocd, got "argo"'] },
    {
      when: "a consumer by a name that every object has",
      list: { consumer: "constructor" },
      says: ['consumer  expected argocd, got "constructor"'],
    },
    { when: "no consumer", list: { consumer: undefined }, says: ["consumer  expected a text, got nothing"] },
    { when: "a mode that there is not", list: { mode: "dry" }, says: ['mode  expected observe, upsert or sync, got "dry"'] },
    {
      when: "a misspelt key",
      list: { selekt: {} },
      says: ["selekt  is not known here; known are name, consumer, mode, select, target, options, pace, answers, removal"],
    },
    {
      when: "no target",
      list: { target: undefined },
      says: ["target  expected an object, got nothing", `target.namespace  expected ${aNamespace}, got nothing`],
    },
    { when: "a target without its namespace", list: { target: {} }, says: [`target.namespace  expected ${aNamespace}, got nothing`] },
    {
      when: "an option that there is not",
      list: { options: { proyect: "a" } },
      says: [`options.proyect  is not known here; known are ${argocd}`],
    },
    {
      when: "a word of the target that there is not",
      list: { target: { namepace: "argocd", copyLabels: ["env"] } },
      says: [
        "target.namepace  is not known here; known are kubeconfig, context, namespace",
        "target.copyLabels  is not known here; known are kubeconfig, context, namespace",
        `target.namespace  expected ${aNamespace}, got nothing`,
      ],
    },
    {
      when: "among the options what is a word of the target",
      list: { options: { namespace: "elsewhere" } },
      says: ["options.namespace  belongs in target; say it there, and only there"],
    },
    {
      when: "an option of another type",
      list: { options: { project: 5 } },
      says: ["options.project  expected a project, or { from: label or property, key, allowed: projects }, got 5"],
    },
    {
      when: "a project from the profile without those that it may name",
      list: { options: { project: { from: "label", key: "team" } } },
      says: ["options.project.allowed  expected the projects that a profile may name, got nothing"],
    },
    {
      when: "a project from the profile with a slip",
      list: { options: { project: { from: "lable", key: "team", allwed: ["shop"] } } },
      says: [
        'options.project.from  expected label or property, got "lable"',
        "options.project.allowed  expected the projects that a profile may name, got nothing",
        "options.project.allwed  is not known here; known are from, key, allowed",
      ],
    },
    {
      when: "a shard of which one form must be meant",
      list: { options: { shard: { hash: "3" } } },
      says: ['options.shard.hash  expected a number, got "3"'],
    },
    {
      when: "a shard that could be meant in two ways",
      list: { options: { shard: {} } },
      says: ["options.shard  expected a number, { from: label or property, key }, or { hash: number }, got an object"],
    },
    {
      when: "a placeholder that there is not",
      list: { options: { name: "{nmae}" } },
      says: ['options.name  expected a name, in which braces hold nothing but {namespace} or {name}, got "{nmae}"'],
    },
    {
      when: "labels to copy that no label can match",
      list: { options: { copyLabels: ["env", "*"] } },
      says: ['options.copyLabels[1]  expected a label key, or all keys of a prefix such as topology.kubernetes.io/*, got "*"'],
    },
    {
      when: "a label to copy by which others would take the Secret for theirs",
      list: { options: { copyLabels: ["rollcall.dev/*"] } },
      says: [expect.stringMatching(/^lists\[0\]\.options\.copyLabels\[0\] {2}is reserved/) as string],
    },
    {
      when: "a source that there is not",
      list: { options: { labels: { "a.b/c": { from: "annotation", key: "x" }, team: { from: "label" } } } },
      says: [
        'options.labels["a.b/c"].from  expected { from: label or property, key }, { from: version, displayName, manager, clusterSet, namespace or name }, or { from: value, value }, got an object',
        "options.labels.team.key  expected a text, got nothing",
      ],
    },
    {
      when: "a yes that is none",
      list: { options: { placeholders: "yes" } },
      says: ['options.placeholders  expected true or false, got "yes"'],
    },
    {
      when: "a label selector that breaks off",
      list: { select: { labels: "env in (prod" } },
      says: ['select.labels  label selector "env in (prod": at the end: expected "," or ")"'],
    },
    {
      when: "a label selector with a stray sign",
      list: { select: { labels: "env in prod" } },
      says: ['select.labels  label selector "env in prod": at character 8 ("prod"): expected "("'],
    },
    {
      when: "labels as one writes them elsewhere",
      list: { select: { labels: { env: "prod" } } },
      says: ["select.labels  expected a label selector such as env in (prod, staging), got an object"],
    },
    {
      when: "a name that no profile has",
      list: { select: { names: ["paris", "Oslo"] } },
      says: ['select.names[1]  expected a profile\'s name (at most 253 lower-case letters, digits, "-" and "."), got "Oslo"'],
    },
    {
      when: "a choice of nobody",
      list: { select: { names: [], properties: { "a.b/c": [] } } },
      says: [
        'select.properties["a.b/c"]  expected at least one value, got an empty list',
        "select.names  expected at least one name of a profile, got an empty list",
      ],
    },
    {
      when: "a text where there may be several",
      list: { select: { managers: "gke", names: "paris" } },
      says: [
        "select.names  expected a list with at least one name of a profile, got a text",
        "select.managers  expected a list with at least one cluster manager, got a text",
      ],
    },
    {
      when: "a property by the one name that JavaScript would lose",
      list: { select: { properties: JSON.parse('{"__proto__":["a"]}') as object } },
      says: ["select.properties.__proto__  is a name that cannot be used; choose another"],
    },
    {
      when: "a namespace that is not watched",
      list: { select: { namespaces: ["fleet", "edge"] } },
      says: ['select.namespaces[1]  expected one of inventory.namespaces (fleet), got "edge"; add it there, or nobody in it is ever seen'],
    },
    {
      when: "a cause that there is not",
      list: { removal: { vanished: {} } },
      says: ["removal.vanished  is not known here; known are deselected, unregistered, unhealthy, guard"],
    },
    {
      when: "a way that there is not",
      list: { removal: { deselected: { then: "delete" } } },
      says: ['removal.deselected.then  expected drain, release or keep, got "delete"'],
    },
    {
      when: "a wait without a unit",
      list: { removal: { deselected: { after: 10 } } },
      says: ["removal.deselected.after  expected a duration such as 30s, 10m or 1h, got 10"],
    },
    {
      when: "a guard below one",
      list: { removal: { guard: { max: -1 } } },
      says: ["removal.guard.max  expected a whole number of at least 1, got -1"],
    },
    {
      when: "half a cluster",
      list: { removal: { guard: { max: 1.5 } } },
      says: ["removal.guard.max  expected a whole number of at least 1, got 1.5"],
    },
    {
      when: "more than everybody",
      list: { removal: { guard: { percent: 101 } } },
      says: ["removal.guard.percent  expected a number above 0 and up to 100, got 101"],
    },
    {
      when: "a guard without a window",
      list: { removal: { guard: { window: 0 } } },
      says: ["removal.guard.window  expected a duration of at least 1s, got 0"],
    },
  ])("$when", ({ list, says }) => {
    expect(problems(config(list))).toEqual(says.map((each) => (typeof each === "string" ? `lists[0].${each}` : each)));
  });

  it("no list at all", () => {
    expect(problems(config({}, { lists: [plain, "argocd"] }))).toEqual(["lists[1]  expected an object, got a text"]);
  });

  it("several namespaces watched, and none chosen", () => {
    expect(problems(config({}, { inventory: { namespaces: ["fleet", "edge"] } }))).toEqual([
      "lists[0].select.namespaces  expected the namespaces that this list takes clusters from, since several are watched (fleet, edge), got nothing",
    ]);
  });
});

describe("many mistakes", () => {
  it("are told all at once, those of lists and providers in a bad file too", () => {
    const lists = [
      { ...plain, mode: "dry", select: { labels: "(" }, options: { x: 1 }, removal: { guard: { max: 0 } } },
      { name: "b", consumer: "b" },
    ];
    const providers = { fil: "a", inline: [{}] };
    const paths = checkConfig({ kind: "RollcallConfig", inventory: { namespaces: ["fleet"] }, providers, lists }).problems.map(
      ({ path }) => path,
    );
    expect(paths).toEqual([
      "apiVersion",
      "providers.fil",
      "providers.inline[0].name",
      "lists[0].mode",
      "lists[0].removal.guard.max",
      "lists[0].options.x",
      "lists[0].select.labels",
      "lists[1].target",
      "lists[1].consumer",
    ]);
  });

  it("of the options are told in one round, whether their shape is wrong or what they say", () => {
    const options = {
      shard: -1,
      refuse: ["foo", 5, "https://a.test"],
      labels: { "argocd.argoproj.io/secret-type": "x", "a/b/c": null, fine: { from: "value", value: "not fine" } },
      annotations: { "helm.sh/x": [] },
      copyLabels: "env",
      login: "x",
      namespaces: "shop",
      clusterResources: true,
    };
    expect(checkConfig(config({ options })).problems.map(({ path }) => path.replace("lists[0].options.", ""))).toEqual([
      "copyLabels",
      'labels["argocd.argoproj.io/secret-type"]',
      'labels["a/b/c"]',
      'annotations["helm.sh/x"]',
      "namespaces",
      "login",
      "refuse[1]",
      'labels["argocd.argoproj.io/secret-type"]',
      'labels["a/b/c"]',
      "labels.fine.value",
      'annotations["helm.sh/x"]',
      "shard",
      "refuse[0]",
    ]);
  });

  it("of a selection are told in one round", () => {
    const select = { names: ["paris", "Oslo", "paris"], health: { join: "any", joinAfter: "5m", evict: "soon" } };
    expect(checkConfig(config({ select })).problems.map(({ path }) => path)).toEqual([
      "lists[0].select.names[1]",
      "lists[0].select.names[2]",
      "lists[0].select.health.evict",
      "lists[0].select.health.joinAfter",
    ]);
  });

  it("in one list do not stop another", () => {
    const { config: read, problems } = checkConfig({
      ...head,
      lists: [
        { ...plain, name: "bad", mode: "dry" },
        { ...plain, name: "good" },
      ],
    });
    expect(read?.lists.map(({ name }) => name)).toEqual(["good"]);
    expect(problems).toHaveLength(1);
  });

  it("in the file leave nothing to run with", () => {
    expect(checkConfig(config({}, { state: { namespace: "?" } })).config).toBeUndefined();
  });

  it("in a provider leave its place taken, so that no other login takes over in silence", () => {
    const inline = [{ name: "corp", execConfig: {} }];
    expect(checkConfig(config({}, { providers: { inline } })).config?.providers).toEqual([{ name: "corp" }]);
  });
});

describe("two lists of one name", () => {
  it("are both left out, since either would take the other's objects for its own", () => {
    const lists = [plain, { ...plain, name: "other" }, { ...plain, select: { names: ["paris"] } }];
    const { config: read, problems } = checkConfig({ ...head, lists });
    expect(read?.lists.map(({ name }) => name)).toEqual(["other"]);
    expect(problems).toEqual([
      { path: "lists[0].name", message: 'expected a name of its own, got "argocd", which lists[2] has too' },
      { path: "lists[2].name", message: 'expected a name of its own, got "argocd", which lists[0] has too' },
    ]);
  });

  it("are both left out when one of them is bad", () => {
    expect(checkConfig({ ...head, lists: [plain, { ...plain, mode: "dry" }] }).config?.lists).toEqual([]);
  });
});

describe("a config that means harm", () => {
  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])("may call anything %s", (key) => {
    const evil = JSON.parse(`{"${key}": {"polluted": true}}`) as object;
    const value = config(
      { ...evil, select: evil, target: { ...plain.target, ...evil }, options: evil, removal: evil, consumer: key },
      evil,
    );
    const { config: read, problems } = checkConfig(value, evil);
    expect(read).toBeUndefined();
    expect(problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining([key, "lists[0].consumer", `lists[0].${key}`, `lists[0].select.${key}`]),
    );
    expect(({} as { polluted?: true }).polluted).toBeUndefined();
  });

  it("cannot make a message of several lines, or write over the terminal", () => {
    const text = "a\n\u001b[2Jb\u009b\u202e";
    const value = config(
      { [text]: 1, mode: text, select: { names: [text], labels: text, properties: { [text]: 1 } } },
      { [text]: 1, providers: { settings: { [text]: {} } } },
    );
    expect(problems(value).length).toBeGreaterThan(4);
    expect(problems(value).filter((line) => /[\p{Cc}\u202e]/u.test(line))).toEqual([]);
  });

  it("is answered with problems, whatever it is", () => {
    const keys = fc.constantFrom(
      "name",
      "consumer",
      "argocd",
      "select",
      "labels",
      "namespaces",
      "target",
      "options",
      "removal",
      "guard",
      "max",
      "__proto__",
    );
    const anything = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, fc.jsonValue(), fc.dictionary(keys, tie("value")), fc.array(tie("value"))),
    })).value;
    fc.assert(
      fc.property(anything, anything, anything, (list, file, providers) => {
        const value = { ...head, ...(file as object), lists: [list, { ...plain, ...(list as object) }], providers };
        const { config: read, problems } = checkConfig(value, providers);
        expect(read === undefined || read.lists.length + new Set(problems.map(({ path }) => path.split(".")[0])).size > 0).toBe(true);
        expect(problems.every(({ path, message }) => path !== "" && message !== "")).toBe(true);
      }),
    );
  });

  it("is answered with problems, whatever its options are", () => {
    const keys = fc.constantFrom(...Object.keys(argocdOptions.shape), "from", "key", "allowed", "hash", "0", "a.b/c");
    const anything = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, fc.jsonValue(), fc.dictionary(keys, tie("value")), fc.array(tie("value"))),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(keys, anything), (options) => {
        const { config: read, problems } = checkConfig(config({ options }));
        expect(read!.lists.length === 1).toBe(problems.length === 0);
      }),
    );
  });
});

describe("a question of one's own", () => {
  const asking = (where: string) => checkConfig(config({ select: { where } }));

  it("chooses, and says when it cannot be asked of a cluster", () => {
    const { config, problems } = asking('properties["tier"] == "gold"');
    expect(problems).toEqual([]);
    const { select } = config!.lists[0]!;
    expect(select(cluster({ name: "paris", properties: { tier: "gold" } }))).toEqual({ chosen: true });
    expect(select(cluster({ name: "oslo", properties: { tier: "tin" } }))).toEqual({ chosen: false });
    expect(select(cluster({ name: "lima" }))).toMatchObject({ refusal: { reason: "WhereFailed" } });
  });

  it("that cannot be meant is a problem at its place", () => {
    const { problems } = asking("labels.env ==");
    expect(problems.map(({ path }) => path)).toEqual(["lists[0].select.where"]);
  });
});
