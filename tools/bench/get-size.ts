import { bundleWorker } from "../local/bundle-worker.ts";
import type { Bench } from "./bench.ts";
import { startFakeAws } from "./fake-aws.ts";
import { runWorker } from "./pinned.ts";
import { urlOf } from "./requests.ts";
import { type Findings, verdict } from "./row.ts";
import { median, readable } from "./statistics.ts";

const URLS = 10_000;

interface Measured {
  readonly good: number;
  readonly firstProblem?: string;
  readonly cpuMicros: number;
  readonly seconds: number;
}

/** Measures how Get Size asks for 10,000 URLs over TLS, with its lists in a fake S3. */
export async function benchGetSize({ rounds, server, say }: Bench): Promise<Findings> {
  const worker = bundleWorker(new URL("workers/get-size.ts", import.meta.url));
  const aws = await startFakeAws({ object: Array.from({ length: URLS }, (_, i) => `${urlOf(i)}\n`).join("") });
  const runs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const it = await runWorker<Measured>(worker, {
      ...aws.env,
      BENCH_PORT: String(server.port),
      BENCH_ADDRESSES: server.addresses.join(),
      NODE_EXTRA_CA_CERTS: server.caFile,
    });
    if (it.good !== URLS) throw new Error(`${it.good} of ${URLS} sizes: ${it.firstProblem}`);
    runs.push(it);
    say(`  ${readable(URLS / it.seconds)} URLs/s, ${readable(it.cpuMicros / URLS)} µs CPU a URL`);
  }
  await aws.close();
  const rate = median(runs.map((it) => URLS / it.seconds));
  const cpu = median(runs.map((it) => it.cpuMicros / URLS));
  return {
    title: "Get Size",
    rows: [
      {
        what: "Get Size, 10,000 URLs, one core",
        atLeast: "4,000 URLs/s",
        aim: "8,000 URLs/s",
        measured: `${readable(rate)} URLs/s`,
        verdict: verdict(rate, 4_000, 8_000, "more"),
      },
    ],
    notes: [`HEAD over TLS in a fresh process, lists included: ${readable(cpu)} µs CPU a URL.`],
    units: { getSizeCpuMicros: cpu, getSizeUrlsPerSecond: rate },
  };
}
