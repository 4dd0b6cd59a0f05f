import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "../../local/paths.ts";
import { CommandError, run } from "../../local/processes.ts";
import { type CheckRow, rowOf, type Scale, type Scenario } from "../engine/scenario.ts";

/** Its world is simulated in virtual time, for which a process replaces its clock and its random numbers. */
export const originLimiter: Scenario = {
  name: "origin-limiter",
  description:
    "Up to 600 simulated processes share the limits of an origin, beside crashes, outages and clocks that differ.",
  parts: testsWith((seed, { value }) => ({
    files: ["test/origin-limiter/requirements.test.ts"],
    env: { LIMITER_SEED: String(seed), LIMITER_SHARE: String(value) },
  })),
};

/** Unit tests, from the root of the repository, and the variables by which they know the seed, and how much to try. */
export interface Tests {
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export function testsWith(testsOf: (seed: number, scale: Scale) => Tests): Scenario["parts"] {
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
  const args = [...vitest, "--reporter=dot", ...files];
  const told = await run(process.execPath, args, { ...process.env, ...env }, ROOT).catch((error: unknown) => error);
  if (typeof told !== "string" && !(told instanceof CommandError)) throw told;
  // vitest fails also if a file cannot be loaded, or has no test. A file that is gone, or skips all of its tests, has shown nothing.
  const [observed, passed] =
    typeof told === "string"
      ? (/Test Files +(\d+) passed .*/.exec(stripVTControlCharacters(told)) ?? [])
      : [told.message];
  return rowOf(`${files.length} files of tests`, [
    ["that pass", Number(passed), "=", files.length],
    ["vitest:", observed ?? "no file ran"],
  ]);
}
