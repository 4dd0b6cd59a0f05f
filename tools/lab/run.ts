import { ending, InterruptedError, refuseIfEnding } from "../local/processes.ts";
import {
  type CheckRow,
  inOrder,
  type LabRun,
  type Observations,
  Scale,
  type Scenario,
  type Step,
} from "./engine/scenario.ts";
import { Seed } from "./engine/seed.ts";
import { settle } from "./load/requests.ts";
import { startWorld } from "./world/world.ts";

/** A scenario, and what decides its choices and its size. */
export interface Choice {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly scale: number;
}

/** How a scenario ended. */
interface LabReport extends Choice {
  readonly rows: readonly CheckRow[];
  readonly faults: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** Starts the world of a scenario, runs load and nemesis in it, and checks what they showed. What throws is a row that is wrong. */
export async function runScenario(choice: Choice, say: (line: string) => void): Promise<LabReport> {
  const started = performance.now();
  const observed = noObservations();
  const rows = await observe(choice, observed, say).catch((error: unknown): CheckRow[] => {
    if (error instanceof InterruptedError) throw error;
    const [message = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    return [{ what: "the scenario itself", expected: "an end", observed: `it failed: ${message}`, passed: [false] }];
  });
  return { ...choice, rows, faults: observed.faults, seconds: (performance.now() - started) / 1_000 };
}

async function observe(
  { scenario: { name, isSeeded, parts }, seed, scale }: Choice,
  observed: Observations,
  say: (line: string) => void,
): Promise<readonly CheckRow[]> {
  const { world: options, load, nemesis = [], checks } = parts(new Scale(scale));
  const world = options && (await startWorld(options, say));
  const loadIsOver = new AbortController();
  const seeded = new Seed(seed);
  const run: LabRun = {
    get world() {
      if (world === undefined) throw new Error(`${name} has no world`);
      return world;
    },
    get seed() {
      if (isSeeded === false) throw new Error(`${name} says that no choice of it depends on the seed`);
      return seeded;
    },
    observed,
    signal: AbortSignal.any([loadIsOver.signal, ending.signal]),
    say,
  };
  const failures: unknown[] = [];
  const play = async (step: Step) => {
    await step(run).catch((error: unknown) => {
      failures.push(error);
      loadIsOver.abort();
    });
  };
  try {
    // One that fails ends the others. All have ended before the world is closed.
    const whole = play(inOrder(...load)).then(() => loadIsOver.abort());
    await Promise.all([whole, ...nemesis.map(play)]);
    refuseIfEnding();
    if (failures.length > 0) throw failures[0];
    if (world !== undefined) await settle({ world, observed, signal: ending.signal });
    refuseIfEnding();
  } catch (error) {
    await world?.close().catch(() => undefined);
    throw error;
  }
  await world?.close();
  return checks.flatMap((check) => check(observed));
}

export function noObservations(): Observations {
  const nothing = { gets: [], origin: [] };
  return { requests: new Map(), kills: [], faults: new Map(), inventories: [], marks: [], ...nothing };
}

/** A row that tried nothing has shown nothing. */
export function isWrong({ passed }: CheckRow): boolean {
  return passed.length === 0 || passed.includes(false);
}

export function isGood({ rows }: LabReport): boolean {
  return rows.length > 0 && !rows.some(isWrong);
}

/** The command line that makes the same choices again. */
export function commandLine({ scenario: { name, isSeeded }, seed, scale }: Choice): string {
  return isSeeded === false
    ? `npm run lab -- ${name} --scale ${scale} # no choice of this scenario depends on the seed`
    : `npm run lab -- ${name} --seed ${seed} --scale ${scale}`;
}

/** Each row with what was seen, and what was wanted if it is wrong; then the faults, then how it ended. */
export function reportText(report: LabReport): string {
  const { scenario, rows, faults, seconds } = report;
  const wrong = rows.filter(isWrong);
  return [
    ...rows.map((row) =>
      wrong.includes(row)
        ? `WRONG ${row.what}\n      expected ${row.expected}\n      observed ${row.observed}`
        : `ok    ${row.what}: ${row.observed}`,
    ),
    `faults: ${[...faults].map(([kind, count]) => `${count} × ${kind}`).join(", ") || "none"}`,
    `${scenario.name}: ${rows.length} checks, ${wrong.length} wrong, ${seconds.toFixed(0)} s`,
    // When and in which order processes act stays real.
    ...(isGood(report) ? [] : [`Again, with the same choices: ${commandLine(report)}`]),
  ].join("\n");
}
