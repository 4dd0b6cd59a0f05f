import { defineConfig } from "vitest/config";

/** Which tests `npm run mutate` runs: tools/checks/mutate.ts says. They import no emulator, no synthesis and no browser. */
const tests: readonly string[] = JSON.parse(process.env["MUTATE_TESTS"] ?? "[]");

export default defineConfig({
  test: {
    globals: true,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    include: tests.filter((pattern) => !pattern.startsWith("!")),
    exclude: tests.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1)),
    pool: "threads",
    // Otherwise each mutant would load all modules anew.
    isolate: false,
    // On a busy machine. A mutant that hangs is ended by Stryker, after less.
    testTimeout: 60_000,
  },
});
