import { defineConfig } from "vitest/config";
import { LongOnesFirst } from "./test/long-ones-first.ts";

/** These import CDK, which takes seconds, and share it. CDK hands its own stderr to what bundles: only a process has one. */
const SYNTHESIZES = [
  "test/lib/*.test.ts",
  "test/docs/snippets/*.test.ts",
  "test/tools/release/published-files.test.ts",
];

/**
 * Each has modules of its own: it mocks some, changes the environment or the process, or uses undici under a virtual clock, because undici
 * keeps the timer of a clock that is gone. The others share theirs within a thread.
 */
const NOT_SHARED = [
  "test/agent/fetch/downloader-attempts.test.ts",
  "test/agent/fetch/http/pop-pool*.test.ts",
  "test/agent/main.test.ts",
  "test/cli/api/client.test.ts",
  "test/cli/exit-codes.test.ts",
  "test/console/request/counted-figures.test.ts",
  "test/lambdas/api/dry-run-probes.test.ts",
  "test/lambdas/get-size/handler.test.ts",
  "test/lambdas/wiring.test.ts",
  "test/probe/size/size-probe.test.ts",
  "test/tools/edge/lifecycle.test.ts",
];

/** Processes of the built command, packages and thousands of names: `npm run test:rest` runs them, with the coverage. */
const PROCESSES = [
  "test/cli/bundle.test.ts",
  "test/cli/direct/pop-discovery.test.ts",
  "test/cli/direct/process.test.ts",
  "test/cli/package.test.ts",
];

/** Thousands of tasks, both engines, or a stack of its own for each test: `npm run test:rest` runs them. */
const LONG_REQUESTS = [
  "test/pipeline/equality.test.ts",
  "test/pipeline/requests/@(dry-run|invalidation|long-*|settings|tenants).test.ts",
];

export default defineConfig({
  test: {
    globals: true,
    // Node 20 will do here; on AWS it is 24.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", AWS_EC2_METADATA_DISABLED: "true" },
    // On two cores, vitest would take one. Many tests wait for most of their time.
    maxWorkers: 2,
    setupFiles: ["test/unstub-globals.ts"],
    sequence: { sequencer: LongOnesFirst },
    // `npm run coverage` measures unit and synth tests. Child processes, bundled Lambda functions and agents of
    // end-to-end tests are excluded: they run bundles in processes of their own. So is the console in a browser.
    coverage: {
      provider: "v8",
      // Named, so that a file that no test imports counts as not covered. Absolute: a relative pattern matches `test/domain/` too.
      include: [`${import.meta.dirname}/{domain,aws,lambdas,agent,probe,lib,client,cli,console,bin}/**/*.{ts,tsx}`],
      // Written by `npm run gen map`.
      exclude: ["console/map/world.ts"],
      reporter: ["text-summary", "html", "json-summary"],
      reportOnFailure: true,
      // Half a point or less below what was measured: raise them with the coverage, and do not lower them.
      thresholds: {
        lines: 88.9,
        branches: 83.3,
        "agent/**": { lines: 98.0, branches: 95.0 },
        "aws/**": { lines: 98.7, branches: 92.5 },
        "cli/**": { lines: 93.3, branches: 85.5 },
        "client/**": { lines: 99.0, branches: 96.0 },
        "console/**": { lines: 55.4, branches: 55.2 },
        "domain/**": { lines: 99.6, branches: 95.4 },
        "lambdas/**": { lines: 98.8, branches: 94.5 },
        "lib/**": { lines: 99.0, branches: 93.6 },
        "probe/**": { lines: 99.1, branches: 94.8 },
      },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: NOT_SHARED,
          pool: "threads",
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "unit-shared",
          include: ["test/!(e2e|pipeline)/**/*.test.ts", "test/*.test.ts"],
          exclude: [...NOT_SHARED, ...SYNTHESIZES, ...PROCESSES],
          // A thread begins sooner than a process, and shares the modules of its files: test/agent takes 27 s of CPU time instead of 41.
          pool: "threads",
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "unit-processes",
          include: PROCESSES,
          pool: "threads",
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
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
        extends: true,
        test: {
          name: "traces",
          include: ["test/pipeline/*.test.ts"],
          exclude: LONG_REQUESTS,
          // Each replaces the clock and the random numbers of its process.
          pool: "forks",
          sequence: { groupOrder: 2 },
          globalSetup: "test/pipeline/prepare.ts",
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "pipeline",
          include: ["test/pipeline/requests/**/*.test.ts"],
          exclude: LONG_REQUESTS,
          pool: "forks",
          sequence: { groupOrder: 2 },
          globalSetup: "test/pipeline/prepare.ts",
          // Its tests take seconds of CPU time each, all in one thread: a busy machine needs minutes.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "pipeline-long",
          include: LONG_REQUESTS,
          pool: "forks",
          sequence: { groupOrder: 2 },
          globalSetup: "test/pipeline/prepare.ts",
          testTimeout: 900_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "crash-points",
          include: ["test/pipeline/crash/**/*.test.ts"],
          pool: "forks",
          sequence: { groupOrder: 2 },
          globalSetup: "test/pipeline/prepare.ts",
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/*.test.ts"],
          // After the others: a deployed stack uses one core.
          sequence: { groupOrder: 3 },
          globalSetup: "test/e2e/prepare.ts",
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "rest",
          include: ["test/e2e/rest/**/*.test.ts"],
          sequence: { groupOrder: 4 },
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
