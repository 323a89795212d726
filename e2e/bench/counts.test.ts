import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds, startControlPlane, type ControlPlane } from "../control-plane/src/index.ts";
import { buildProgram } from "./src/build.ts";
import { ours } from "./src/contender.ts";
import { countRequests, getsOf, writesOf, type Counts } from "./src/counts.ts";

const n = 50;
const objects = ["secrets", "clusterprofiles"];

describe(`what ${n} clusters cost the API server, by its own log`, () => {
  let plane: ControlPlane | undefined;
  let counts: Counts;
  beforeAll(async () => {
    plane = await startControlPlane({ crds: [crds.clusterProfiles] });
    counts = await countRequests(plane, ours(buildProgram()), n);
  });
  afterAll(() => plane?.stop());

  it("is one write and no read for each cluster that joins", () => {
    expect(counts.cold["create secrets"]).toBe(n);
    expect(writesOf(counts.cold, "secrets")).toBe(n);
    expect(getsOf(counts.cold, objects)).toBe(0);
  });

  it("is, beside the Secrets, one write for the roll", () => {
    expect(writesOf(counts.cold)).toBe(n + 1);
    expect(writesOf(counts.cold, "configmaps")).toBe(1);
  });

  it("is one stream of each kind at a start, or a list and a watch, whatever the number of clusters", () => {
    for (const kind of ["clusterprofiles", "secrets"]) {
      expect(counts.restart[`watch ${kind}`]).toBe(1);
      expect(counts.restart[`list ${kind}`] ?? 0).toBeLessThanOrEqual(1);
    }
  });

  it("is not one write for a restart", () => {
    expect(writesOf(counts.restart)).toBe(0);
    expect(getsOf(counts.restart, objects)).toBe(0);
  });

  it("is not one write for a heartbeat, and one for each cluster that moves", () => {
    expect(counts.moved).toBe(5);
    expect(counts.churn).toEqual({ "patch secrets": counts.moved });
  });
});
