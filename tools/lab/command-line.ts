import { randomInt } from "node:crypto";
import { readWords, UsageError } from "../command-line.ts";
import type { Scenario } from "./engine/scenario.ts";
import type { Choice } from "./run.ts";

const USAGE = "Usage: npm run lab -- SCENARIO [--seed N] [--scale S], or npm run lab -- --list";
/** Seeds that are drawn have few digits: they are typed again. */
const MAX_SEED = 1_000_000;

/** Without `--seed`, one is drawn. @throws UsageError */
export function parseLabCommand(args: readonly string[], scenarios: readonly Scenario[]): "list" | Choice {
  const options = {
    list: { type: "boolean", default: false },
    seed: { type: "string" },
    scale: { type: "string", default: "1" },
  } as const;
  const { values, positionals } = readWords({ args: [...args], options, allowPositionals: true }, USAGE);
  if (values.list) return "list";
  const seed = Number(values.seed ?? randomInt(MAX_SEED));
  const scale = Number(values.scale);
  if (!Number.isInteger(seed) || seed < 0)
    throw new UsageError(`--seed must be a whole number; got '${values.seed}'`, USAGE);
  if (!(scale > 0 && scale <= 1))
    throw new UsageError(`--scale must be above 0 and at most 1; got '${values.scale}'`, USAGE);
  const scenario = scenarios.find(({ name }) => positionals.length === 1 && name === positionals[0]);
  if (scenario !== undefined) return { scenario, seed, scale };
  const names = scenarios.map(({ name }) => name).join(", ");
  throw new UsageError(`Unknown scenario '${positionals.join(" ")}'; the scenarios are ${names}`, USAGE);
}

/** Each scenario with its description. */
export function listText(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return scenarios.map(({ name, description }) => `${name.padEnd(width)}  ${description}`).join("\n");
}
