import { createDeps } from "../../../lambdas/task/deps.ts";
import { envSchema } from "../../../lambdas/task/env.ts";
import { fanOut } from "../../../lambdas/task/fan-out.ts";

/** One READY target, from the list in the bucket to the messages in the queue, as a cold function does it. */
const deps = createDeps(envSchema.parse(process.env));
const started = performance.now();
const before = process.cpuUsage();
await fanOut(
  { ...deps, logger: { info() {}, warn() {} } },
  process.env["BENCH_REQ_ID"] ?? "",
  "SIN2-P1#d111111abcdef8",
);
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    cpuMicros: user + system,
    seconds: (performance.now() - started) / 1_000,
    peakMB: process.resourceUsage().maxRSS / 1_024,
  }),
);
process.exit(0);
