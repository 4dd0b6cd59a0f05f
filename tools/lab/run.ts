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

export interface RunOptions {
  readonly seed: number;
  /** @default 1 */
  readonly scale?: number;
  readonly say: (line: string) => void;
}

/** How a scenario ended. */
export interface LabReport {
  readonly scenario: string;
  readonly isSeeded: boolean;
  readonly seed: number;
  readonly scale: number;
  readonly rows: readonly CheckRow[];
  readonly faults: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** Starts the world of a scenario, runs load and nemesis in it, and checks what they showed. What throws is a row that is wrong. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<LabReport> {
  const { seed, scale = 1, say } = options;
  const started = performance.now();
  const seen = nothingSeen();
  let rows: readonly CheckRow[];
  try {
    const { checks } = await observe(scenario, { seed, scale, say }, seen);
    rows = checks.flatMap((check) => check(seen));
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    const [saw = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    rows = [{ what: "the scenario itself", wanted: "an end", saw: `it failed: ${saw}`, holds: [false] }];
  }
  const seconds = (performance.now() - started) / 1_000;
  return {
    scenario: scenario.name,
    isSeeded: scenario.isSeeded ?? true,
    seed,
    scale,
    rows,
    faults: seen.faults,
    seconds,
  };
}

async function observe(scenario: Scenario, options: Required<RunOptions>, seen: Observations) {
  const parts = scenario.parts(new Scale(options.scale));
  const world = parts.world && (await startWorld(parts.world, options.say));
  const seed = new Seed(options.seed);
  const loadIsOver = new AbortController();
  const run: LabRun = {
    get world() {
      if (world === undefined) throw new Error(`${scenario.name} has no world`);
      return world;
    },
    get seed() {
      if (scenario.isSeeded === false)
        throw new Error(`${scenario.name} says that no choice of it depends on the seed`);
      return seed;
    },
    seen,
    over: AbortSignal.any([loadIsOver.signal, ending.signal]),
    say: options.say,
  };
  const failures: unknown[] = [];
  const play = async (step: Step) => {
    await step(run).catch((error: unknown) => {
      failures.push(error);
      loadIsOver.abort();
    });
  };
  const load = async () => {
    await play(inOrder(...parts.load));
    loadIsOver.abort();
  };
  try {
    // One that fails ends the others. All have ended before the world is closed.
    await Promise.all([load(), ...(parts.nemesis ?? []).map(play)]);
    refuseIfEnding();
    if (failures.length > 0) throw failures[0];
    if (world !== undefined) await settle({ world, seen, over: ending.signal });
    refuseIfEnding();
  } catch (error) {
    await world?.close().catch(() => undefined);
    throw error;
  }
  await world?.close();
  return parts;
}

export function nothingSeen(): Observations {
  const nothing = { gets: [], origin: [], links: [], addresses: new Map() };
  return { requests: new Map(), kills: [], faults: new Map(), left: [], marks: [], ...nothing };
}

/** A row that tried nothing has shown nothing. */
export function isWrong({ holds }: CheckRow): boolean {
  return holds.length === 0 || holds.includes(false);
}

export function isGood({ rows }: LabReport): boolean {
  return rows.length > 0 && !rows.some(isWrong);
}

/** The command line that makes the same choices again. */
export function commandLine({
  scenario,
  isSeeded,
  seed,
  scale,
}: Omit<LabReport, "rows" | "faults" | "seconds">): string {
  return isSeeded
    ? `npm run lab -- ${scenario} --seed ${seed} --scale ${scale}`
    : `npm run lab -- ${scenario} --scale ${scale} # no choice of this scenario depends on the seed`;
}

const SEEDED = "The seed makes the same choices again. When and in which order processes act stays real.";

/** Each row with what was seen, and what was wanted if it is wrong; then the faults, then how it ended. */
export function reportText(report: LabReport): string {
  const { scenario, rows, faults, seconds } = report;
  const lines = rows.flatMap((row) =>
    isWrong(row)
      ? [`WRONG ${row.what}`, `      wanted ${row.wanted}`, `      saw ${row.saw}`]
      : [`ok    ${row.what}: ${row.saw}`],
  );
  const counted = [...faults].map(([kind, count]) => `${count} × ${kind}`).join(", ");
  const wrong = rows.filter(isWrong).length;
  return [
    ...lines,
    ...(counted === "" ? [] : [`faults: ${counted}`]),
    `${scenario}: ${rows.length} checks, ${wrong} wrong, ${seconds.toFixed(0)} s`,
    ...(isGood(report) ? [] : [...(report.isSeeded ? [SEEDED] : []), `Again: ${commandLine(report)}`]),
  ].join("\n");
}
