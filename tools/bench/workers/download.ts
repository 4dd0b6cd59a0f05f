import { readFileSync } from "node:fs";
import { headerLines } from "../../../agent/fetch/http/http-client.ts";
import { PooledHttpClient } from "../../../agent/fetch/http/pooled-client.ts";
import { peakMegabytes } from "../../local/processes.ts";

/**
 * The download engine alone: `BENCH_TASKS` downloads of `BENCH_PATH`, `BENCH_AT_ONCE` at a time, from all addresses in
 * turn.
 */
const env = (name: string) => process.env[name] ?? "";
const tasks = Number(env("BENCH_TASKS"));
const addresses = env("BENCH_ADDRESSES").split(",");
const host = env("BENCH_HOST");
const port = Number(env("BENCH_PORT"));
const path = env("BENCH_PATH");
const http = new PooledHttpClient({ ca: readFileSync(env("BENCH_CA"), "utf8"), allowPrivateAddresses: true });
const headers = headerLines([
  ["host", host],
  ["user-agent", "prewarm"],
]);

let bytes = 0;
const ask = (i: number) =>
  http.get(
    { secure: true, address: addresses[i % addresses.length] ?? "", port, servername: host },
    path,
    headers,
    (n) => {
      bytes += n;
    },
  );

async function run(total: number): Promise<void> {
  let next = 0;
  let failed = 0;
  const lane = async () => {
    while (next < total) if ((await ask(next++)).failure !== undefined) failed++;
  };
  await Promise.all(Array.from({ length: Number(env("BENCH_AT_ONCE")) }, lane));
  if (failed > 0) throw new Error(`${failed} downloads failed`);
}

// Before the measurement, connections are opened and the code gets hot.
await run(Number(env("BENCH_WARM_UP")));
bytes = 0;
const started = performance.now();
const before = process.cpuUsage();
await run(tasks);
const { user, system } = process.cpuUsage(before);
const seconds = (performance.now() - started) / 1_000;
console.log(JSON.stringify({ tasks, bytes, seconds, cpuMicros: user + system, peakMB: peakMegabytes() }));
process.exit(0);
