import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";
import { targetOf, UnknownFolderError } from "./target.ts";

// `npm run mutate -- domain/plan`: CONTRIBUTING.md.
process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const paths = process.argv.slice(2);

try {
  for (const path of paths.length === 0 ? [""] : paths) await mutate(path);
} catch (error) {
  if (!(error instanceof UnknownFolderError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** Prints the score and the mutants that survive. @throws UnknownFolderError */
async function mutate(path: string): Promise<void> {
  const { mutate, tests } = targetOf(path, ".");
  // Stryker's runners inherit it; vitest.mutate.config.ts reads it.
  process.env["MUTATE_TESTS"] = JSON.stringify(tests);
  const stryker = new Stryker({
    mutate: [...mutate],
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    // Which tests reach a mutant is known from the coverage; `related` would search the imports again for each.
    vitest: { configFile: "vitest.mutate.config.ts", related: false },
    coverageAnalysis: "perTest",
    // What is computed while a module loads (schemas, tables) would need a new process for each mutant.
    ignoreStatic: true,
    concurrency: 2,
    dryRunTimeoutMinutes: 20,
    timeoutMS: 10_000,
    // A folder that .gitignore names already.
    tempDirName: ".local/stryker",
    cleanTempDir: "always",
    ignorePatterns: [".local", "cdk.out", "coverage", "docs/pictures", "cli/dist"],
    disableTypeChecks: false,
    reporters: ["clear-text", "progress-append-only"],
    clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
    allowConsoleColors: false,
  });
  await stryker.runMutationTest();
}
