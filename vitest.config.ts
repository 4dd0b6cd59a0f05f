import { defineConfig } from "vitest/config";
import { LongOnesFirst } from "./test/long-ones-first.ts";

/**
 * These import CDK, which takes seconds, and share it. CDK hands its own stderr to what bundles: only a process has one.
 * The agent's code is tested with another esbuild, and shares nothing.
 */
const SYNTHESIZES = [
  "test/lib/!(agent-code).test.ts",
  "test/docs/snippets/*.test.ts",
  "test/tools/release/published-files.test.ts",
];

export default defineConfig({
  test: {
    // Node 20 will do here; on AWS it is 24.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    // On two cores, vitest would take one. Many tests wait for most of their time.
    maxWorkers: 2,
    sequence: { sequencer: LongOnesFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", ...SYNTHESIZES],
          // A thread begins sooner than a process, and there are hundreds of files: 186 s instead of 203.
          pool: "threads",
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "synth",
          include: SYNTHESIZES,
          isolate: false,
          sequence: { groupOrder: 1 },
          testTimeout: 20_000,
          // CDK's check of each template takes most of the time. `npm run test:rest` makes it once, by `cdk synth`.
          env: { CDK_VALIDATION: "false" },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/*.test.ts"],
          // After the others: a deployed stack uses one core.
          sequence: { groupOrder: 2 },
          globalSetup: "test/e2e/prepare.ts",
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "rest",
          include: ["test/e2e/rest/*.test.ts"],
          sequence: { groupOrder: 3 },
          globalSetup: ["test/e2e/prepare.ts", "test/e2e/rest/prepare.ts"],
          testTimeout: 900_000,
          hookTimeout: 600_000,
          // rest/prepare.ts has made CDK's check of both templates: each `cdk deploy` of a test would make it again.
          env: { CDK_VALIDATION: "false" },
        },
      },
    ],
  },
});
