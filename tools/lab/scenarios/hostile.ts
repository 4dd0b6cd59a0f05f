import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../local/paths.ts";
import type { Scenario } from "../engine/scenario.ts";
import { testsWith } from "./tests.ts";

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

function testsWithGeneratedInput(): string[] {
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const tests = files.filter((file) => file.endsWith(".test.ts")).map((file) => join("test", file));
  return tests.filter((file) => readFileSync(join(ROOT, file), "utf8").includes('/fuzz.ts"'));
}
