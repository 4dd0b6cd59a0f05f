/**
 * `npm run fuzz -- [READER] [--seconds N] [--seed N]` fuzzes a reader, or all of them in turn; `--replay FILE` reads one input. The exit code is
 * 0 without a fault, 1 with one, 2 if the command line is wrong.
 *
 * Inputs are mutated, and one that reaches new code, or code a power of two more often, is mutated further. V8's precise coverage
 * says so. `@jazzer.js/core` 4.0.0 installs without a download, with its binary in the package and a loader for modules, and was not
 * tried on these readers: it brings 105 packages. fast-check has no feedback.
 */
import { randomInt } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readWords, UsageError } from "../command-line.ts";
import { READERS } from "./readers.ts";
import { type Fault, fuzzReader, judgeInput, shrink } from "./run.ts";

const FOLDER = ".local/fuzz";
const USAGE = `npm run fuzz -- [READER] [--seconds N] [--seed N] [--replay FILE]
Readers: ${Object.keys(READERS).join(", ")}`;

export function parseFuzzCommand(words: readonly string[]) {
  const { values, positionals } = readWords(
    {
      args: [...words],
      allowPositionals: true,
      options: { seconds: { type: "string", default: "60" }, seed: { type: "string" }, replay: { type: "string" } },
    },
    USAGE,
  );
  const [name, ...more] = positionals;
  if (more.length > 0) throw new UsageError("Name one reader, or none for all.", USAGE);
  if (name !== undefined && !Object.hasOwn(READERS, name)) throw new UsageError(`There is no reader '${name}'.`, USAGE);
  const seconds = positive("--seconds", values.seconds);
  const seed = values.seed === undefined ? randomInt(2 ** 31) : positive("--seed", values.seed);
  if (values.replay !== undefined && name === undefined) throw new UsageError("--replay needs a reader.", USAGE);
  return { names: name === undefined ? Object.keys(READERS) : [name], seconds, seed, replay: values.replay };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value >= 2 ** 31)
    throw new UsageError(`${option} must be a positive integer; got '${text}'.`, USAGE);
  return value;
}

function report(name: string, { what, input }: Fault): void {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}-${Date.now()}.bin`);
  writeFileSync(path, input, "latin1");
  console.log(`${name}: an input of ${input.length} bytes ${what}\n  npm run fuzz -- ${name} --replay ${path}`);
}

async function main(): Promise<boolean> {
  const { names, seconds, seed, replay } = parseFuzzCommand(process.argv.slice(2));
  let good = true;
  for (const name of names) {
    if (replay !== undefined) {
      const what = await judgeInput(name, readFileSync(replay, "latin1"));
      console.log(`${name}: ${replay} ${what ?? "has no fault"}`);
      good &&= what === undefined;
      continue;
    }
    const began = performance.now();
    const { inputs, fault } = await fuzzReader(name, { seconds, seed });
    const took = (performance.now() - began) / 1_000;
    console.log(
      `${name}: ${inputs} inputs in ${took.toFixed(0)} s, ${(inputs / took).toFixed(0)} per second, seed ${seed}`,
    );
    if (fault === undefined) continue;
    good = false;
    report(name, await shrink(name, fault));
  }
  return good;
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
