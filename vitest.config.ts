import { defineConfig } from "vitest/config";

const source = { resolve: { conditions: ["@rollcall/source"] }, ssr: { resolve: { conditions: ["@rollcall/source"] } } };

export default defineConfig({
  ...source,
  test: {
    reporters: process.env["REPORT"] ? ["default", ["json", { outputFile: process.env["REPORT"] }]] : ["default"],
    projects: [
      {
        ...source,
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "apps/*/src/**/*.test.ts",
            "e2e/stories/memory.test.ts",
            "e2e/faults/memory.test.ts",
            "e2e/upgrade/upgrade.test.ts",
          ],
          // Generous, so that a busy machine is slow and not red.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { ...source, test: { name: "house", include: ["packages/testing/house/**/*.test.ts"] } },
      {
        ...source,
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          exclude: ["e2e/stories/memory.test.ts", "e2e/faults/memory.test.ts", "e2e/upgrade/upgrade.test.ts", "e2e/consumers/**"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // Real servers and processes on a busy machine: once more, and the report says of whom. On a developer's machine nothing is forgiven.
          retry: process.env["CI"] ? 1 : 0,
        },
      },
      {
        ...source,
        test: {
          name: "consumers",
          include: ["e2e/consumers/**/*.test.ts"],
          exclude: ["e2e/consumers/argocd/full.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          retry: process.env["CI"] ? 1 : 0,
        },
      },
      {
        ...source,
        test: {
          name: "consumers-full",
          include: ["e2e/consumers/argocd/full.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          retry: process.env["CI"] ? 1 : 0,
        },
      },
    ],
  },
});
