import { once } from "node:events";
import { bundleWorker } from "../local/bundle-worker.ts";
import { table } from "../markdown-table.ts";
import { messageFor, runAgent } from "./agent-run.ts";
import type { Bench } from "./bench.ts";
import { synthesize } from "./bundle.ts";
import { HOST, type Server, SMALL_BYTES } from "./nginx.ts";
import { runWorker, SERVING_CORE, startPinned } from "./pinned.ts";
import { type Findings, readable } from "./report.ts";

const DELAY_MS = 50;
const CONNECTION_BYTES_PER_SECOND = 5_000_000;
const LARGE_BYTES = 40_000_000;
const MB = 1e6;
/** How many downloads the bare engine runs at once. The agent has to find its own number. */
const FIXED = 512;

interface Mix {
  readonly name: string;
  readonly large: number;
  readonly small: number;
}

const MIXES: readonly Mix[] = [
  { name: "tiny ones", large: 0, small: 100_000 },
  { name: "huge ones", large: 800, small: 0 },
  { name: "both", large: 200, small: 50_000 },
];

/**
 * Measures a far link, which one download after the other cannot fill. The bare engine starts with many downloads at
 * once. The agent has no setting: measured is how soon, and how near, it comes to the engine's rate.
 */
export async function benchLink({ server: startServer, say }: Bench): Promise<Findings> {
  const { agent } = synthesize();
  const edge = await startSlowEdge(await startServer());
  const lines: string[][] = [];
  try {
    for (const mix of MIXES) {
      edge.seconds.splice(0);
      const engineSeconds = await engineAlone(edge, mix);
      const engineBest = Math.max(...edge.seconds);
      edge.seconds.splice(0);
      const ours = await runAgent({ bundle: agent, server: edge, ...messagesOf(edge, mix) });
      const rates = edge.seconds.slice(edge.seconds.findIndex((bytes) => bytes > 0));
      const full = rates.findIndex((bytes) => bytes >= 0.8 * engineBest);
      const line = [
        `${readable(mix.large)} × 40 MB, ${readable(mix.small)} × 10 KB`,
        readable(engineBest / MB),
        readable(Math.max(...rates) / MB),
        full === -1 ? "never" : readable(full + 1),
        readable(engineSeconds),
        readable(ours.seconds),
        `${readable((100 * ours.cpuMicros) / 1e6 / ours.seconds)}%`,
        readable(ours.peakMB),
      ];
      say(`  ${mix.name}: ${line.join(" | ")}`);
      lines.push(line);
    }
  } finally {
    await edge.close();
  }
  return {
    title: "A far link",
    rows: [],
    notes: [
      `Every response takes ${DELAY_MS} ms, and no connection exceeds 5 MB/s. The agent starts with 32 concurrent downloads and adapts the number; the bare engine, without queue and table, always has ${FIXED}. Rates are those of the best second. Times include the last downloads, when fewer are left to run concurrently:`,
      table(
        [
          ...["what", "engine, MB/s", "agent, MB/s", "s until it has 80% of the engine's"],
          ...["engine, s", "agent, s", "agent's core", "peak memory, MB"],
        ],
        lines,
      ),
    ],
  };
}

function messagesOf({ addresses }: { addresses: readonly string[] }, { large, small }: Mix) {
  const url = (path: string, bytes: number) => ({ url: `https://${HOST}/${path}`, bytes });
  const at = (i: number) => addresses[i % addresses.length] ?? "";
  const messages: string[] = [];
  const PER_MESSAGE = 50;
  for (let i = 0; i < small / PER_MESSAGE; i++) {
    const urls = Array.from({ length: PER_MESSAGE }, (_, n) => url(`assets/${i}/${n}.webp`, SMALL_BYTES));
    messages.push(messageFor(at(i), i % addresses.length, urls));
  }
  // The large ones stand among the small ones, as in a queue.
  const distance = Math.max(1, Math.floor(messages.length / Math.max(1, large)));
  for (let i = 0; i < large; i++) {
    messages.splice(i * (distance + 1), 0, messageFor(at(i), i % addresses.length, [url("large", LARGE_BYTES)]));
  }
  return { messages, copies: 1, tasks: large + small };
}

interface SlowEdge {
  readonly port: number;
  readonly httpPort: number;
  readonly caFile: string;
  readonly addresses: readonly string[];
  /** Bytes that it served in each second. */
  readonly seconds: number[];
  close(): Promise<void>;
}

async function startSlowEdge({ caFile, certFile, keyFile, addresses }: Server): Promise<SlowEdge> {
  const seconds: SlowEdge["seconds"] = [];
  const child = startPinned(SERVING_CORE, [bundleWorker(new URL("workers/slow-edge.ts", import.meta.url))], {
    BENCH_KEY: keyFile,
    BENCH_CERT: certFile,
    BENCH_ADDRESSES: addresses.join(),
    BENCH_DELAY_MS: String(DELAY_MS),
    BENCH_LARGE_BYTES: String(LARGE_BYTES),
    BENCH_CONNECTION_BYTES_PER_SECOND: String(CONNECTION_BYTES_PER_SECOND),
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.on("message", (it: { event: string; port: number; bytes: number }) => {
      if (it.event === "listening") resolve(it.port);
      else seconds.push(it.bytes);
    });
    child.once("exit", (code) => reject(new Error(`the slow edge ended with ${code}`)));
  });
  return {
    port,
    httpPort: port,
    caFile,
    addresses,
    seconds,
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

/** All large objects, then all small ones: the engine's own pace for both. */
async function engineAlone({ port, caFile, addresses }: SlowEdge, { large, small }: Mix): Promise<number> {
  const run = (path: string, tasks: number) =>
    runWorker<{ seconds: number }>(bundleWorker(new URL("workers/download.ts", import.meta.url)), {
      BENCH_TASKS: String(tasks),
      BENCH_AT_ONCE: String(FIXED),
      BENCH_PATH: path,
      BENCH_HOST: HOST,
      BENCH_WARM_UP: "1",
      BENCH_PORT: String(port),
      BENCH_CA: caFile,
      BENCH_ADDRESSES: addresses.join(),
    });
  let seconds = 0;
  if (large > 0) seconds += (await run("/large", large)).seconds;
  if (small > 0) seconds += (await run("/small", small)).seconds;
  return seconds;
}
