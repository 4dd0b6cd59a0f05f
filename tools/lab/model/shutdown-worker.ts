import * as z from "zod";
import { handler } from "../../../lambdas/shutdown/index.ts";
import { peakMegabytes } from "../../local/processes.ts";
import { MODEL_REQ_ID } from "./model-request.ts";

/** Calls Shutdown as Lambda does, again and again, until the model's request is where it should be. Prints what that took. */
const MOST_RUNS = 30;
const RUN_MS = Number(process.env["MODEL_RUN_SECONDS"] ?? 900) * 1_000;
const until = process.env["MODEL_UNTIL"] ?? "";
const endpoint = process.env["AWS_ENDPOINT_URL"] ?? "";
const stateSchema = z.object({ status: z.string(), closed: z.boolean() });

/** Of a run in Lambda, less what it keeps. */
const runSeconds: number[] = [];
const before = process.cpuUsage();
for (let run = 0; run < MOST_RUNS; run++) {
  const started = performance.now();
  await handler(
    { req_id: MODEL_REQ_ID },
    { getRemainingTimeInMillis: () => RUN_MS - (performance.now() - started), invokedFunctionArn: "SHUTDOWN_ARN" },
  );
  runSeconds.push((performance.now() - started) / 1_000);
  const { status, closed } = stateSchema.parse(await (await fetch(`${endpoint}/state`)).json());
  if (until === "closed" ? closed : status === until) break;
}
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    runs: runSeconds.length,
    longestRunSeconds: Math.max(...runSeconds),
    seconds: runSeconds.reduce((sum, it) => sum + it, 0),
    cpuSeconds: (user + system) / 1e6,
    peakMB: peakMegabytes(),
  }),
);
process.exit(0);
