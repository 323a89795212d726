import { describe, expect, it } from "vitest";
import { checkConfig } from "./check.ts";
import { configFile } from "./file.ts";
import { folder } from "../run.test.helper.ts";
import { stringify } from "yaml";

const tokens = [{ file: "token" }];
const config = (serve: unknown): object => ({
  apiVersion: "rollcall.dev/v1alpha1",
  kind: "RollcallConfig",
  inventory: { namespaces: ["fleet"] },
  serve,
  lists: [{ name: "argocd", consumer: "argocd", target: { namespace: "argocd" } }],
});
const tls = { cert: "tls.crt", key: "tls.key" };

describe("serve in a config", () => {
  it("needs nothing but a token, and listens to this machine alone", () => {
    const read = checkConfig(config({ tokens }));
    expect(read.problems).toEqual([]);
    expect(read.config?.serve).toEqual({ listen: "127.0.0.1:8443", insecure: false, tokens, maxAge: 600, whenHeld: "as before" });
  });

  it("may be left out, and then nothing is served", () => {
    expect(checkConfig(config(undefined)).config).not.toHaveProperty("serve");
  });

  it.each([
    { listen: "127.0.0.1:0" },
    { listen: "127.1.2.3:8443" },
    { listen: "[::1]:8443" },
    { listen: "localhost:8443" },
    { listen: "0.0.0.0:8443", tls },
    { listen: ":8443", insecure: true },
    { prefix: "/rollcall/v1" },
    { maxAge: "1h", whenHeld: "refuse" },
    { refresh: { argocd: {} } },
    { refresh: { flux: { namespaces: ["flux-system"], urls: ["https://rollcall.test/flux"] } } },
    { tokens: [{ file: "a", lists: ["argocd"], namespaces: ["fleet"], placements: ["web", "fleet/web-0"] }] },
  ])("may say %j", (said) => expect(checkConfig(config({ tokens, ...said })).problems).toEqual([]));

  it.each([
    { said: {}, problem: "serve.tokens  expected a list with at least one file of tokens, got nothing" },
    // Whoever writes the token itself there is not shown it again.
    { said: { tokens: "canary" }, problem: "serve.tokens  expected a list with at least one file of tokens, got a text" },
    { said: { tokens: ["canary"] }, problem: "serve.tokens[0]  expected an object, got a text" },
    { said: { tokens: [] }, problem: "serve.tokens  expected at least one file of tokens, got an empty list" },
    { said: { tokens: [{ file: "" }] }, problem: 'serve.tokens[0].file  expected the path of a file with a token, got ""' },
    {
      said: { tokens: [{ file: "a" }, { file: "a" }] },
      problem: "serve.tokens[1].file  is there twice; say once what its tokens are good for",
    },
    {
      said: { tokens: [{ file: "a", token: "x" }] },
      problem: "serve.tokens[0].token  is not known here; known are file, lists, namespaces, placements",
    },
    { said: { tokens: [{ file: "a", lists: [] }] }, problem: "serve.tokens[0].lists  expected at least one list, got an empty list" },
    {
      said: { tokens: [{ file: "a", lists: ["argo"] }] },
      problem: 'serve.tokens[0].lists[0]  expected the name of a list of this config, got "argo"',
    },
    { said: { tokens, listen: "8443" }, problem: 'serve.listen  expected host:port, such as 127.0.0.1:8443, got "8443"' },
    {
      said: { tokens, prefix: "rollcall/" },
      problem: 'serve.prefix  expected a path such as /rollcall, without a slash at its end, got "rollcall/"',
    },
    { said: { tokens, tls: { cert: "a" } }, problem: "serve.tls.key  expected the path of its key, got nothing" },
    { said: { tokens, maxAge: "0" }, problem: 'serve.maxAge  expected a duration of at least 1s, got "0"' },
    { said: { tokens, refresh: {} }, problem: "serve.refresh  expected argocd, flux or both of them, got an object" },
    {
      said: { tokens, refresh: { argocd: { namespaces: [] } } },
      problem: "serve.refresh.argocd.namespaces  expected at least one namespace of ApplicationSets, got an empty list",
    },
    {
      said: { tokens, refresh: { flux: { namespaces: ["a"] } } },
      problem: "serve.refresh.flux.urls  expected a list with at least one URL of this service, as those who ask write it, got nothing",
    },
    {
      said: { tokens, refresh: { flux: { namespaces: ["a"], urls: ["rollcall.test"] } } },
      problem: 'serve.refresh.flux.urls[0]  expected a URL such as https://rollcall.example.com, got "rollcall.test"',
    },
    { said: { tokens, whenHeld: "never" }, problem: 'serve.whenHeld  expected as before or refuse, got "never"' },
  ])("may not say $said", ({ said, problem }) => {
    expect(checkConfig(config(said)).problems.map(({ path, message }) => `${path}  ${message}`)).toEqual([problem]);
  });

  it.each(["0.0.0.0:8443", ":8443", "10.0.0.1:8443", "[::]:8443", "localhost.example.test:8443"])(
    "may not listen at %s without TLS, unless that is said",
    (listen) => {
      const [problem] = checkConfig(config({ tokens, listen })).problems;
      expect(problem).toMatchObject({ path: "serve.tls", message: expect.stringContaining("or say insecure: true") as string });
    },
  );

  it("names files as they lie beside it", async () => {
    const refresh = { flux: { namespaces: ["flux-system"], urls: ["https://rollcall.test"], kubeconfig: "flux.conf" } };
    await using files = await folder({
      "rollcall.yaml": stringify(config({ tokens: [{ file: "token" }, { file: "/etc/token" }], tls, refresh })),
    });
    const { config: read } = await configFile(files.at("rollcall.yaml")).read();
    expect(read?.serve?.tokens.map(({ file }) => file)).toEqual([files.at("token"), "/etc/token"]);
    expect(read?.serve?.refresh?.flux?.kubeconfig).toBe(files.at("flux.conf"));
    expect(read?.serve?.tls).toEqual({ cert: files.at("tls.crt"), key: files.at("tls.key") });
  });
});
