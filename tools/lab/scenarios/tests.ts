import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../local/paths.ts";
import type { CheckRow, Scenario, ScenarioParts } from "../engine/scenario.ts";
import { runTests, type TestRun } from "../load/test-run.ts";

/** How often a property is tried, compared with `npm test`. */
const MORE_RUNS = 20;

/** Parsers and handlers need no stack: `test/fuzz.ts` says how the tests know seed and scale. */
export const generatedInput: Scenario = {
  name: "generated-input",
  description: "Parsers and handlers get twenty times as much generated input as in npm test, from the seed.",
  parts: ({ value }) =>
    testParts((seed) => ({
      files: testsWithGeneratedInput(),
      env: { FUZZ_SEED: String(seed), FUZZ_SCALE: String(Math.max(1, MORE_RUNS * value)) },
    })),
};

/** Its world is simulated in virtual time, for which a process replaces its clock and its random numbers. */
export const originLimiter: Scenario = {
  name: "origin-limiter",
  description: "Up to 600 simulated processes share the limits of an origin, beside crashes, outages and wrong clocks.",
  parts: ({ value }) =>
    testParts((seed) => ({
      files: ["test/origin-limiter/requirements.test.ts"],
      env: { LIMITER_SEED: String(seed), LIMITER_SHARE: String(value) },
    })),
};

function testParts(tests: (seed: number) => TestRun): ScenarioParts {
  const rows: CheckRow[] = [];
  return {
    load: [async ({ seed }) => void rows.push(...(await runTests(tests(seed.value))))],
    checks: [() => rows],
  };
}

function testsWithGeneratedInput(): string[] {
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const tests = files.filter((file) => file.endsWith(".test.ts")).map((file) => join("test", file));
  return tests.filter((file) => readFileSync(join(ROOT, file), "utf8").includes('/fuzz.ts"'));
}
