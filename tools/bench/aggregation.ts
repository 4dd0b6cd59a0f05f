import { bundleWorker } from "../local/bundle-worker.ts";
import { inDynamoForm } from "../local/fake-aws.ts";
import type { Bench } from "./bench.ts";
import { startFakeAws } from "./fake-aws.ts";
import { runWorker } from "./pinned.ts";
import { REQ_ID, requestItem } from "./requests.ts";
import { type Findings, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";

interface Measured {
  readonly records: number;
  readonly cpuMicros: number;
  readonly seconds: number;
}

/** Measures Aggregation's handler with batches of 1,000, which make three calls each to a fake table. */
export async function benchAggregation({ rounds, say }: Bench): Promise<Findings> {
  const worker = bundleWorker(new URL("workers/aggregation.ts", import.meta.url));
  const aws = await startFakeAws({ items: { requests: inDynamoForm(requestItem({ status: "IN_PROGRESS" })) } });
  const runs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const it = await runWorker<Measured>(worker, {
      ...aws.env,
      REQUEST_TABLE: "requests",
      GROUP_NAME: "bench",
      PROGRESS_TABLE: "progress",
      SHUTDOWN_ARN: "shutdown",
      FAILED_BATCHES_URL: `${aws.env["AWS_ENDPOINT_URL"]}/d`,
      BENCH_REQ_ID: REQ_ID,
    });
    runs.push(it);
    say(`  ${readable(it.cpuMicros / it.records)} µs CPU a record`);
  }
  await aws.close();
  const cpu = median(runs.map((it) => it.cpuMicros / it.records));
  return {
    title: "Aggregation",
    rows: [
      {
        what: "aggregation, CPU a record at batches of 1,000",
        atLeast: "20 µs",
        aim: "8 µs",
        measured: `${readable(cpu)} µs`,
        verdict: verdict(cpu, 20, 8, "less"),
      },
    ],
    notes: [
      "60 batches of 1,000 records in a fresh process, their JSON parsed as Lambda's runtime does, each counted by one transaction. " +
        `${readable(median(runs.map((it) => it.records / it.seconds)))} records/s on one core.`,
    ],
    units: {
      aggregationCpuMicros: cpu,
      aggregationRecordsPerSecond: median(runs.map((it) => it.records / it.seconds)),
    },
  };
}
