import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { ROOT } from "../../local/paths.ts";
import { CommandError, run } from "../../local/processes.ts";
import type { CheckRow } from "../engine/scenario.ts";

export interface TestRun {
  /** Unit tests, from the root of the repository. */
  readonly files: readonly string[];
  /** Variables by which the tests know the seed, and how much to try. */
  readonly env: Readonly<Record<string, string>>;
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});
export type TestReport = z.infer<typeof reportSchema>;

/** Runs tests in a process of their own: they replace clocks, or take the heap that a scenario would need. @returns a row for each file */
export async function runTests({ files, env }: TestRun): Promise<CheckRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "prewarm-lab-"));
  const outputFile = join(folder, "report.json");
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const options = ["--project=unit*", "--testTimeout=3600000", "--reporter=json", `--outputFile=${outputFile}`];
  try {
    await run(process.execPath, [vitest, "run", ...options, ...files], { ...process.env, ...env }, ROOT).catch(
      (error) => {
        // A test that fails ends it so, too: the report tells which.
        if (!(error instanceof CommandError)) throw error;
      },
    );
    return rowsOf(reportSchema.parse(JSON.parse(await readFile(outputFile, "utf8"))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file that cannot be loaded has no results, and so a row that tried nothing. */
export function rowsOf({ testResults }: TestReport): CheckRow[] {
  return testResults.map(({ name, message, assertionResults }) => {
    const results = assertionResults.filter(({ status }) => ["passed", "failed"].includes(status));
    const [first] = results.filter(({ status }) => status === "failed");
    const failure = first && `${first.fullName}: ${first.failureMessages.join("\n").slice(0, 2_000)}`;
    return {
      what: name.replace(ROOT, ""),
      wanted: "every test passes",
      saw: failure ?? (message === "" ? `${results.length} passed` : message),
      holds: results.map(({ status }) => status === "passed"),
    };
  });
}
