import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMain, ROOT } from "../root.ts";

/** What one run mutates, and the tests that it runs: patterns of paths from the root. */
interface MutationTarget {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
}

/** A folder that cannot be mutated. */
export class UnknownFolderError extends Error {
  override readonly name = "UnknownFolderError";

  constructor(readonly folder: string) {
    super(
      `Unknown folder '${folder}': give a folder of product code, or a file in it, that has unit tests in test/, for example: ${[
        ...["domain/plan", "domain/request", "domain/result"],
        ...Object.keys(DECISIONS),
      ].join(", ")}`,
    );
  }
}

/** Folders whose unit tests need no emulator, no synthesis and no browser. */
const PRODUCT = /^(?:domain|aws|lambdas|agent|probe)\/[\w/-]+(?:\.ts)?$/;

/**
 * The agent's folders hold decisions beside sockets and loops. Only the decisions are mutated, and tests that serve real
 * connections or run the whole agent are left out: with them, one mutant takes seconds.
 */
const DECISIONS: Readonly<
  Record<string, { readonly otherFiles: readonly string[]; readonly slowTests: readonly string[] }>
> = {
  "agent/fetch": { otherFiles: ["downloader"], slowTests: ["downloader*", "warmth"] },
  "agent/receive": {
    otherFiles: ["agent", "process-message", "return-to-queue"],
    slowTests: ["agent*", "beside-limits", "sharing", "generated-input", "lead-crashes"],
  },
  "agent/admit": { otherFiles: ["adaptive-limit", "download-message"], slowTests: [] },
  "agent/report": { otherFiles: ["heartbeats", "result-writer"], slowTests: ["result-writer"] },
};

/** @param path a folder, or a file in it @throws UnknownFolderError */
export function targetOf(path: string, root: string): MutationTarget {
  const isFile = path.endsWith(".ts");
  const folder = (isFile ? dirname(path) : path).replace(/\/$/, "");
  if (!PRODUCT.test(folder) || !existsSync(join(root, path)) || !hasTests(join(root, "test", folder)))
    throw new UnknownFolderError(path);
  const { otherFiles = [], slowTests = [] } = DECISIONS[folder] ?? {};
  return {
    mutate: isFile ? [path] : [`${folder}/**/*.ts`, ...otherFiles.map((name) => `!${folder}/${name}.ts`)],
    tests: [`test/${folder}/**/*.test.ts`, ...slowTests.map((name) => `!test/${folder}/${name}.test.ts`)],
  };
}

function hasTests(folder: string): boolean {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return false;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".test.ts"));
}

// `npm run mutate -- domain/plan`: CONTRIBUTING.md.
if (isMain(import.meta.url)) {
  process.chdir(ROOT);
  const paths = process.argv.slice(2);
  try {
    for (const path of paths.length === 0 ? [""] : paths) await mutate(path);
  } catch (error) {
    if (!(error instanceof UnknownFolderError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

/** Prints the score and the mutants that survive. @throws UnknownFolderError */
async function mutate(path: string): Promise<void> {
  const { mutate, tests } = targetOf(path, ".");
  // Stryker's runners inherit it; vitest.mutate.config.ts reads it.
  process.env["MUTATE_TESTS"] = JSON.stringify(tests);
  const { Stryker } = await import("@stryker-mutator/core");
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
