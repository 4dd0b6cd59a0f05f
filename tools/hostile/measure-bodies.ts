import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import * as z from "zod";
import { LOCAL } from "../local/paths.ts";
import { WORST_BODIES } from "./worst-bodies.ts";

/** What one body cost the API function, in a process of its own. */
export interface BodyCost {
  readonly what: string;
  readonly status: number;
  readonly seconds: number;
  readonly megabytes: number;
  /** Bytes of the answer as Lambda sends it. */
  readonly bytes: number;
  readonly said: string;
}

/** After this time a process is killed. */
const PATIENCE_MS = 20_000;

const costSchema = z.object({
  status: z.number(),
  bytes: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  megabytes: z.number(),
  said: z.string(),
});

/** Sends each of the worst bodies to the API's handler, bundled, one process each, and measures it. */
export function* measureBodies(names: readonly string[] = Object.keys(WORST_BODIES)): Generator<BodyCost> {
  const folder = `${LOCAL}hostile-${process.pid}/`;
  mkdirSync(folder, { recursive: true });
  try {
    const worker = `${folder}api.mjs`;
    buildSync({
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      logLevel: "warning",
      entryPoints: [fileURLToPath(new URL("workers/api.ts", import.meta.url))],
      outfile: worker,
    });
    for (const what of names) {
      const event = `${folder}event.json`;
      writeFileSync(event, JSON.stringify(eventOf(WORST_BODIES[what]?.() ?? "")));
      const run = spawnSync(process.execPath, [worker, event], { encoding: "utf8", timeout: PATIENCE_MS });
      const cost = run.status === 0 ? costSchema.parse(JSON.parse(run.stdout)) : failed(run.stderr);
      // On a machine with other work, the time that passes says less than the processor's.
      yield { what, ...cost, seconds: Math.min(cost.seconds, cost.cpuSeconds) };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Killed, or out of memory. */
function failed(stderr: string): z.infer<typeof costSchema> {
  const seconds = Number.POSITIVE_INFINITY;
  return { status: 0, bytes: 0, seconds, cpuSeconds: seconds, megabytes: seconds, said: stderr.slice(0, 300) };
}

function eventOf(body: string) {
  return {
    httpMethod: "POST",
    resource: "/prewarm",
    body,
    isBase64Encoded: false,
    queryStringParameters: null,
    requestContext: { requestId: "lab" },
  };
}
