import { setTimeout as sleep } from "node:timers/promises";
import { type LabPart, rowOf } from "../lab/part.ts";
import { CpuLoad } from "./cpu-load.ts";
import { bodyOf, follow, hasEnded, type LargeStack, startLargeStack } from "./large-stack.ts";
import { evenness, type Shared, shareOf } from "./sharing.ts";
import { StartLine } from "./start-line.ts";

const AGENTS = 4;
/** One after the other, as instances boot. */
const APART_MS = 2_000;
/** Of each agent's link: four together are far from what two cores carry with TLS at both ends, also if they have other work. */
export const LINK_BYTES_PER_SECOND = 8_000_000;
const MB = 1_000_000;
/** More than 16 MiB each, so that each travels in a message of its own. */
const LARGE_MB = [17, 20, 26, 32, 40, 60];
/** So large that the links are full with as few tasks a second as the emulator can count on a busy machine. */
const SMALL_BYTES = 400_000;
const POPS = 50;
const PATIENCE_MS = 900_000;

const LARGE = files("large", LARGE_MB.length, (i) => (LARGE_MB[i] ?? 0) * MB);
const SMALL = files("small", 10_000 / POPS, () => SMALL_BYTES);

/** What is warmed in one run. */
interface Load {
  readonly what: string;
  readonly paths: readonly string[];
  readonly pops: number;
}

const LOADS: readonly Load[] = [
  { what: "large messages", paths: Object.keys(LARGE), pops: 10 },
  { what: "large messages", paths: Object.keys(LARGE), pops: 50 },
  { what: "small files", paths: Object.keys(SMALL), pops: 50 },
];

/** Four agents that boot one after the other, each behind a link of its own. */
export const share: LabPart = {
  name: "share",
  async run(say, { scale }) {
    const runs = await shareLoads(say, scale);
    return runs.flatMap((run) => {
      const { most, late } = evenness(run);
      const moved = run.bytes.map((it) => (it / MB).toFixed(1)).join(", ");
      const processor = `processor ${Math.round(100 * run.cpu)}%${run.cpu > 0.9 ? ": it may have been the bound, not the links" : ""}`;
      return [
        rowOf(`${run.what}: no agent moves more than 1.5 × the mean`, `${moved} MB, ${most.toFixed(2)} × the mean`, [
          most <= 1.5,
          run.bytes.length === AGENTS,
        ]),
        rowOf(
          `${run.what}: within 1.25 × what the links need`,
          `${run.seconds.toFixed(1)} s, ${late.toFixed(2)} ×, ${processor}`,
          [late <= 1.25, run.status === "FINISHED", run.failed === 0],
        ),
      ];
    });
  },
};

/** Runs each load, one after the other. @param scale share of the POPs */
export async function shareLoads(say: (line: string) => void, scale: number): Promise<Shared[]> {
  const start = new StartLine(APART_MS);
  const stack = await startLargeStack({
    pops: Math.max(2, Math.round(POPS * scale)),
    files: { ...LARGE, ...SMALL },
    say,
    bytesPerSecond: LINK_BYTES_PER_SECOND,
    beforeLaunch: () => start.pass(),
  });
  try {
    const runs: Shared[] = [];
    for (const load of LOADS) runs.push(await runLoad(stack, start, load, scale, say));
    return runs;
  } finally {
    start.open();
    await stack.close();
  }
}

async function runLoad(
  stack: LargeStack,
  start: StartLine,
  load: Load,
  scale: number,
  say: (line: string) => void,
): Promise<Shared> {
  const { api, prewarm, links } = stack;
  const pops = stack.pops.slice(0, Math.max(2, Math.round(load.pops * scale)));
  const what = `${(pops.length * load.paths.length).toLocaleString("en-US")} ${load.what}`;
  say(`  ${what}`);
  start.close();
  const before = new Set(links.all.keys());
  const reqId = (await api.start(bodyOf(load.paths, pops, AGENTS))).value.request_id;
  await follow(api, reqId, ({ status }) => status === "IN_PROGRESS", { everyMs: 200, ms: 120_000 });
  const cpu = new CpuLoad();
  start.open();
  const progress = await follow(api, reqId, hasEnded, { everyMs: 1_000, ms: PATIENCE_MS });
  const busy = cpu.look();
  const passed = [...links.all].filter(([id]) => !before.has(id)).map(([, link]) => link.passed());
  // The next run starts with instances of its own.
  while (prewarm.fleet.size > 0) await sleep(500);
  return {
    what,
    status: progress.status,
    failed: progress.failed_count,
    cpu: busy,
    ...shareOf(passed, progress.total_size, LINK_BYTES_PER_SECOND),
  };
}

function files(name: string, count: number, bytes: (i: number) => number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`/${name}/${i}.bin`, bytes(i)]));
}
