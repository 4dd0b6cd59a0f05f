import { bundleWorker } from "../local/bundle-worker.ts";
import { requestItem } from "../local/fake-request.ts";
import { median } from "../median.ts";
import type { Bench } from "./bench.ts";
import { runWorker, serveStack } from "./pinned.ts";
import { type Findings, readable, rowOf } from "./report.ts";

const AGGREGATED = 60_000;

/** Measures Aggregation with batches of 1,000, which make three calls each of a table, in fresh processes beside a stack in memory. */
export async function benchAggregation({ rounds, say }: Bench): Promise<Findings> {
  const worker = bundleWorker(new URL("workers/function.ts", import.meta.url));
  const runs: { readonly cpu: number; readonly rate: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const stack = await serveStack({ items: { requests: requestItem({ status: "IN_PROGRESS" }) } });
    const { cpuMicros, seconds } = await runWorker<{ readonly cpuMicros: number; readonly seconds: number }>(worker, {
      ...stack.env,
      BENCH_FUNCTION: "aggregation",
      BENCH_URLS: String(AGGREGATED),
      BENCH_POPS: "1",
    });
    await stack.close();
    runs.push({ cpu: cpuMicros / AGGREGATED, rate: AGGREGATED / seconds });
    say(`  ${readable(cpuMicros / AGGREGATED)} µs CPU per record`);
  }
  const cpu = median(runs.map((run) => run.cpu));
  const rate = median(runs.map((run) => run.rate));
  return {
    title: "Aggregation",
    rows: [
      rowOf({ what: "aggregation, CPU per record at batches of 1,000", value: cpu, unit: "µs", required: 20, aim: 8 }),
    ],
    notes: [
      `60 batches of 1,000 records in a fresh process, including the parsing of their JSON; one transaction counts each batch. ${readable(rate)} records/s on one core.`,
    ],
    units: { aggregationCpuMicros: cpu },
  };
}
