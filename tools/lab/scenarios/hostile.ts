import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { inventoryOf } from "../../local/inventory.ts";
import type { LocalPrewarm } from "../../local/local-prewarm.ts";
import { ROOT } from "../../local/paths.ts";
import { firstPops } from "../../local/world.ts";
import type { CheckRow, Scenario } from "../engine/scenario.ts";
import { type HostileBody, hostileBody } from "../load/hostile-bodies.ts";
import { filesOf } from "../world/world.ts";
import { testsWith } from "./tests.ts";

const BODIES = 10_000;
const MAX_SECONDS = 1;
/** What Lambda may answer at most. */
const MAX_ANSWER_BYTES = 6_000_000;
const WORLD = { edge: { pops: firstPops(2), site: filesOf("small", 1, 1_000) } };

/** What the API made of a body. */
export interface BodyAnswer extends HostileBody {
  readonly status: number;
  readonly text: string;
  readonly seconds: number;
}

export const hostileBodies: Scenario = {
  name: "hostile-bodies",
  description: "The deployed API gets bodies with faults, refuses each within a second, and makes nothing of them.",
  parts: (scale) => {
    const answers: BodyAnswer[] = [];
    const made: string[] = [];
    return {
      world: WORLD,
      load: [
        async ({ world: { prewarm }, seed, signal, say }) => {
          made.push(await inventory(prewarm));
          // The first call of a function loads it.
          await send(prewarm, { path: "prewarm", body: "{}" });
          for (const body of fc.sample(hostileBody, { numRuns: scale.of(BODIES), seed: seed.value })) {
            if (signal.aborted) return;
            const answer = await send(prewarm, body);
            // One that is refused, but slowly, is sent once more: what counts is the body, not what else the machine did.
            const isSlowOnly = answer.seconds > MAX_SECONDS && faultOf({ ...answer, seconds: 0 }) === undefined;
            answers.push(isSlowOnly ? await send(prewarm, body) : answer);
            if (answers.length % 1_000 === 0) say(`${answers.length} bodies sent`);
          }
          made.push(await inventory(prewarm));
        },
      ],
      checks: [() => bodiesRefused(answers), () => nothingMade(made)],
    };
  },
};

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

/** Each is refused within a second, with what is wrong. */
export function bodiesRefused(answers: readonly BodyAnswer[]): CheckRow {
  const faults = answers.map(faultOf);
  const first = answers.find((_, i) => faults[i] !== undefined);
  const slowest = Math.max(...answers.map(({ seconds }) => seconds));
  const wrong = first && `; ${faults.find((it) => it !== undefined)}: ${first.path} ${first.body.slice(0, 300)}`;
  return {
    what: `${answers.length} bodies with faults are refused`,
    expected: `400 or 404, which says what is wrong, within ${MAX_SECONDS} s`,
    observed: `the slowest after ${slowest.toFixed(2)} s${wrong ?? ""}`,
    passed: faults.map((fault) => fault === undefined),
  };
}

function faultOf({ status, text, seconds }: BodyAnswer): string | undefined {
  if (![400, 404].includes(status)) return `HTTP ${status}`;
  if (seconds > MAX_SECONDS) return `${seconds.toFixed(2)} s`;
  if (Buffer.byteLength(JSON.stringify(text)) > MAX_ANSWER_BYTES) return "more than Lambda can send";
  return /^\{.*"(?:error_message|message)":\s*"[^"]/s.test(text) ? undefined : `no reason: ${text.slice(0, 200)}`;
}

/** @param inventories before and after */
export function nothingMade(inventories: readonly string[]): CheckRow {
  const [before, after] = inventories;
  const observed = inventories.join(", then ");
  return {
    what: "nothing is made of them",
    expected: "the same before and after",
    observed,
    passed: [before === after],
  };
}

async function send({ apiUrl, apiKey }: LocalPrewarm, it: HostileBody): Promise<BodyAnswer> {
  const started = performance.now();
  const headers = { "x-api-key": apiKey, "content-type": "application/json" };
  const answer = await fetch(apiUrl + it.path, { method: "POST", headers, body: it.body });
  const text = await answer.text();
  return { ...it, status: answer.status, text, seconds: (performance.now() - started) / 1_000 };
}

/** All that a request makes. */
async function inventory(prewarm: LocalPrewarm): Promise<string> {
  return Object.entries(await inventoryOf(prewarm))
    .map(([what, count]) => `${count} ${what}`)
    .join(", ");
}
