import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "../../local/paths.ts";
import { CommandError, run } from "../../local/processes.ts";
import type { CheckRow, Scale, Scenario } from "../engine/scenario.ts";

/** How often a property is tried, compared with `npm test`. */
const MORE_RUNS = 20;

/** Parsers and handlers need no stack: `test/fuzz.ts` says how the tests know seed and scale. */
export const generatedInput: Scenario = {
  name: "generated-input",
  description: "Parsers and handlers get twenty times as much generated input as in npm test, from the seed.",
  parts: testsWith((seed, { value }) => ({
    files: testsWithGeneratedInput(),
    env: { FUZZ_SEED: String(seed), FUZZ_SCALE: String(Math.max(1, MORE_RUNS * value)) },
  })),
};

/** Its world is simulated in virtual time, for which a process replaces its clock and its random numbers. */
export const originLimiter: Scenario = {
  name: "origin-limiter",
  description: "Up to 600 simulated processes share the limits of an origin, beside crashes, outages and wrong clocks.",
  parts: testsWith((seed, { value }) => ({
    files: ["test/origin-limiter/requirements.test.ts"],
    env: { LIMITER_SEED: String(seed), LIMITER_SHARE: String(value) },
  })),
};

/** Unit tests, from the root of the repository, and the variables by which they know the seed, and how much to try. */
interface Tests {
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function testsWith(testsOf: (seed: number, scale: Scale) => Tests): Scenario["parts"] {
  return (scale) => {
    const rows: CheckRow[] = [];
    return {
      load: [async ({ seed }) => void rows.push(await runTests(testsOf(seed.value, scale)))],
      checks: [() => rows],
    };
  };
}

/** Runs tests in a process of their own: they replace clocks, or take the heap that a scenario would need. */
export async function runTests({ files, env }: Tests): Promise<CheckRow> {
  const vitest = [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--project=unit*", "--testTimeout=3600000"];
  const wanted = "every test passes";
  const row = (saw: string, holds: boolean) => ({
    what: `${files.length} files of tests`,
    wanted,
    saw,
    holds: [holds],
  });
  try {
    const output = await run(
      process.execPath,
      [...vitest, "--reporter=dot", ...files],
      { ...process.env, ...env },
      ROOT,
    );
    // A file that is gone, or skips all of its tests, has shown nothing.
    const [said = "no file ran", passed] = /Test Files +(\d+) passed .*/.exec(stripVTControlCharacters(output)) ?? [];
    return row(said, Number(passed) === files.length);
  } catch (error) {
    // vitest also fails if a file cannot be loaded, or has no test.
    if (error instanceof CommandError) return row(error.message, false);
    throw error;
  }
}

function testsWithGeneratedInput(): string[] {
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const tests = files.filter((file) => file.endsWith(".test.ts")).map((file) => join("test", file));
  return tests.filter((file) => readFileSync(join(ROOT, file), "utf8").includes('/fuzz.ts"'));
}
