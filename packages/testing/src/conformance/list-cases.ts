import assert from "node:assert/strict";
import { question, type ConformanceCase, type Place } from "./case.ts";
import { created, done, listed, names, profile, refused, secret } from "./expect.ts";

const letters = ["a", "b", "c", "d", "e"] as const;

/** What a GET of many answers, and in which forms. */
export const listCases: readonly ConformanceCase[] = [
  question("all pages of a list show the same moment", async ({ call, secrets, profiles }) => {
    for (const [path, body] of [
      [secrets, secret],
      [profiles, profile],
    ] as const) {
      for (const letter of letters) await created(call, path(), body(letter));
      const first = await call({ method: "GET", path: path(), query: { limit: "2" } });
      await created(call, path(), body("bb"));
      await call({ method: "DELETE", path: path("d") });
      const { resourceVersion, continue: next = "", remainingItemCount } = listed(first).metadata;
      const second = await call({ method: "GET", path: path(), query: { limit: "2", continue: next } });
      const last = await call({ method: "GET", path: path(), query: { limit: "2", continue: listed(second).metadata.continue ?? "" } });
      assert.deepEqual([first, second, last].flatMap(names), letters);
      assert.deepEqual(
        [second, last].map((page) => listed(page).metadata.resourceVersion),
        [resourceVersion, resourceVersion],
      );
      assert.deepEqual(
        [remainingItemCount, listed(second).metadata.remainingItemCount, listed(last).metadata.remainingItemCount],
        [3, 1, undefined],
      );
      assert.equal(listed(last).metadata.continue ?? "", "");
      assert.deepEqual(names(await call({ method: "GET", path: path() })), ["a", "b", "bb", "c", "e"]);
    }
  }),

  question("a page of a selection does not say how many remain", async ({ call, secrets }) => {
    await createLetters({ call, secrets });
    const query = { limit: "1", labelSelector: "kind in (vowel)" };
    const first = await call({ method: "GET", path: secrets(), query });
    assert.deepEqual([names(first), listed(first).metadata.remainingItemCount], [["a"], undefined]);
    const next = await call({ method: "GET", path: secrets(), query: { ...query, continue: listed(first).metadata.continue ?? "" } });
    assert.deepEqual(names(next), ["e"]);
  }),

  question("a continue token that is none is refused", async ({ call, secrets }) => {
    await createLetters({ call, secrets });
    const message = /continue/;
    refused(await call({ method: "GET", path: secrets(), query: { limit: "2", continue: "garbage" } }), 400, "BadRequest", { message });
    const token = listed(await call({ method: "GET", path: secrets(), query: { limit: "2" } })).metadata.continue ?? "";
    const query = { limit: "2", continue: token, resourceVersion: "5" };
    refused(await call({ method: "GET", path: secrets(), query }), 400, "BadRequest", { message });
  }),

  question("a continue token of a moment that is forgotten has expired", async ({ call, profiles, forget }) => {
    for (const letter of letters) await created(call, profiles(), profile(letter));
    const token = listed(await call({ method: "GET", path: profiles(), query: { limit: "2" } })).metadata.continue ?? "";
    await forget();
    const query = { limit: "2", continue: fromTheBeginning(token) };
    const answer = await call({ method: "GET", path: profiles(), query });
    refused(answer, 410, "Expired", { message: /^The provided continue parameter is too old to display a consistent list result/ });
    // The answer offers the rest as it stands now, for those who can live with that.
    const rest = (answer.body as { readonly metadata: { readonly continue: string } }).metadata.continue;
    assert.deepEqual(names(await call({ method: "GET", path: profiles(), query: { continue: rest } })), ["c", "d", "e"]);
  }),

  question("a list at version 0 knows no pages", async ({ call, secrets }) => {
    await createLetters({ call, secrets });
    const page = await call({ method: "GET", path: secrets(), query: { limit: "2", resourceVersion: "0" } });
    assert.deepEqual([names(page), listed(page).metadata.continue ?? ""], [letters, ""]);
  }),

  question("a list at a version that the server has not reached times out", async ({ call, secrets }) => {
    const answer = await call({ method: "GET", path: secrets(), query: { resourceVersion: "999999999" } });
    refused(answer, 504, "Timeout", { message: /^Timeout: Too large resource version: 999999999/, details: { retryAfterSeconds: 1 } });
  }),

  question("the options of a list are checked", async ({ call, secrets }) => {
    const get = (query: Readonly<Record<string, string>>) => call({ method: "GET", path: secrets(), query });
    refused(await get({ resourceVersionMatch: "Exact" }), 422, "Invalid", { field: "resourceVersionMatch" });
    refused(await get({ sendInitialEvents: "true" }), 422, "Invalid", { field: "sendInitialEvents" });
    refused(await get({ limit: "many" }), 400, "BadRequest");
    refused(await get({ resourceVersion: "new" }), 400, "BadRequest");
    refused(await get({ fieldSelector: "spec.server=x" }), 400, "BadRequest", { message: /field label not supported: spec\.server/ });
    for (const labelSelector of ["kind in", "kind=a=b", "a,,b", "no spaces", "kind in (no spaces)"]) {
      refused(await get({ labelSelector }), 400, "BadRequest");
    }
  }),

  question("custom resources repeat their kind in a list, Secrets do not", async ({ call, secrets, profiles }) => {
    await created(call, secrets(), secret("paris"));
    await created(call, profiles(), profile("paris"));
    const ofSecrets = listed(await call({ method: "GET", path: secrets() }));
    const ofProfiles = listed(await call({ method: "GET", path: profiles() }));
    assert.deepEqual([ofSecrets.kind, ofProfiles.kind], ["SecretList", "ClusterProfileList"]);
    assert.deepEqual([ofSecrets.items[0]?.kind, ofSecrets.items[0]?.apiVersion], [undefined, undefined]);
    assert.deepEqual([ofProfiles.items[0]?.kind, ofProfiles.items[0]?.apiVersion], ["ClusterProfile", "multicluster.x-k8s.io/v1alpha1"]);
    assert.ok(Number(ofSecrets.metadata.resourceVersion) >= Number(ofSecrets.items[0]?.metadata.resourceVersion));
  }),

  question("a label selector selects", async ({ call, secrets }) => {
    await createLetters({ call, secrets });
    await created(call, secrets(), secret("plain"));
    for (const [labelSelector, expected] of [
      ["kind=vowel", "a e"],
      ["kind==vowel", "a e"],
      ["kind!=vowel", "b c d plain"],
      ["letter in (a,c)", "a c"],
      ["letter notin (a, c)", "b d e plain"],
      ["letter", "a b c d e"],
      ["!letter", "plain"],
      ["kind=vowel,letter notin (a)", "e"],
      [" kind = consonant , letter != b ", "c d"],
      ["kind=", ""],
      ["example.com/never=x", ""],
      ["", "a b c d e plain"],
    ] as const) {
      assert.equal(names(await call({ method: "GET", path: secrets(), query: { labelSelector } })).join(" "), expected, labelSelector);
    }
  }),

  question("a field selector selects by name", async ({ call, namespace, secrets }) => {
    await createLetters({ call, secrets });
    const by = async (path: string, fieldSelector: string) => names(await call({ method: "GET", path, query: { fieldSelector } }));
    assert.deepEqual(await by(secrets(), "metadata.name=c"), ["c"]);
    assert.deepEqual(await by(secrets(), "metadata.name!=c"), ["a", "b", "d", "e"]);
    assert.deepEqual(await by("/api/v1/secrets", `metadata.namespace=${namespace},metadata.name==c`), ["c"]);
    assert.deepEqual(await by(secrets(), "metadata.name=never"), []);
  }),

  question("a list of all namespaces is in the order of namespaces, then names", async ({ call, namespace, secrets }) => {
    await createLetters({ call, secrets });
    const { items } = listed(await call({ method: "GET", path: "/api/v1/secrets" }));
    const keys = items.map(({ metadata }) => `${String(metadata["namespace"])}/${metadata.name}`);
    assert.deepEqual(keys, [...keys].sort());
    assert.deepEqual(
      keys.filter((key) => key.startsWith(`${namespace}/`)),
      letters.map((letter) => `${namespace}/${letter}`),
    );
    const query = { limit: "3", labelSelector: "letter" };
    const page = listed(await call({ method: "GET", path: "/api/v1/secrets", query }));
    assert.equal(page.items.length, 3);
  }),

  question("a namespace that is not there is an empty list, and its objects are not found", async ({ call }) => {
    assert.deepEqual(names(await call({ method: "GET", path: "/api/v1/namespaces/nowhere/secrets" })), []);
    refused(await call({ method: "GET", path: "/api/v1/namespaces/nowhere/secrets/paris" }), 404, "NotFound", {
      message: /^secrets "paris" not found$/,
    });
    refused(await call({ method: "GET", path: "/api/v1/namespaces/nowhere" }), 404, "NotFound", {
      message: /^namespaces "nowhere" not found$/,
    });
  }),

  question("whoever asks for metadata alone gets no data", async ({ call, secrets, profiles }) => {
    const accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    const one = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata" };
    const ask = (method: string, path: string, body?: unknown) =>
      call({ method, path, headers: { accept }, ...(body !== undefined && { body }) });
    const answers = [
      done(await ask("POST", secrets(), secret("paris")), 201),
      done(await ask("PATCH", secrets("paris"), { metadata: { labels: { env: "prod" } } })),
      done(await ask("GET", secrets("paris"))),
      done(await ask("POST", profiles(), profile("paris")), 201),
    ];
    for (const { metadata, ...rest } of answers) {
      assert.deepEqual(rest, one);
      assert.equal(metadata.name, "paris");
    }
    const headers = { accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json" };
    for (const path of [secrets(), profiles()]) {
      const all = listed(await call({ method: "GET", path, query: { limit: "1" }, headers }));
      assert.equal(all.kind, "PartialObjectMetadataList");
      const { metadata, ...rest } = all.items[0]!;
      assert.deepEqual([rest, metadata.name], [one, "paris"]);
    }
  }),

  question("a form that fits neither one nor many is not acceptable", async ({ call, secrets }) => {
    await created(call, secrets(), secret("paris"));
    const as = (form: string) => ({ accept: form === "html" ? "text/html" : `application/json;as=${form};g=meta.k8s.io;v=v1` });
    refused(await call({ method: "GET", path: secrets(), headers: as("PartialObjectMetadata") }), 406, "NotAcceptable");
    refused(await call({ method: "GET", path: secrets("paris"), headers: as("PartialObjectMetadataList") }), 406, "NotAcceptable");
    refused(await call({ method: "GET", path: secrets(), headers: as("html") }), 406, "NotAcceptable");
  }),
];

async function createLetters({ call, secrets }: Pick<Place, "call" | "secrets">): Promise<void> {
  for (const letter of letters)
    await created(call, secrets(), secret(letter, { letter, kind: "ae".includes(letter) ? "vowel" : "consonant" }));
}

/** The same place in a list of long ago. */
function fromTheBeginning(token: string): string {
  const decoded = JSON.parse(Buffer.from(token, "base64url").toString()) as object;
  return Buffer.from(JSON.stringify({ ...decoded, rv: 1 })).toString("base64url");
}
