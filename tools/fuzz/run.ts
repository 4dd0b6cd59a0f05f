import { Worker } from "node:worker_threads";
import { MAX_INPUT_BYTES } from "./mutate.ts";
import type { WorkerData } from "./worker.ts";

/** An input that has not ended after this time hangs. Its CPU time is measured by the thread; a busy machine needs more. */
const HANG_MS = 15_000;
const HEAP_MB = 512;
/** The input is shrunk for this long. */
const SHRINK_MS = 60_000;

/** A thread of Node 20 does not load TypeScript by `--import tsx`. */
const START = `import("tsx/esm/api").then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL("./worker.ts", import.meta.url).href)});
});`;

export interface Fault {
  readonly what: string;
  readonly input: string;
}

/** Runs a thread until it reports, hangs, fails, or the time is over. */
function watch(data: Omit<WorkerData, "shared">, milliseconds: number) {
  const shared = new SharedArrayBuffer(8 + MAX_INPUT_BYTES);
  const counts = new Int32Array(shared, 0, 2);
  const worker = new Worker(START, {
    eval: true,
    workerData: { ...data, shared } satisfies WorkerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  return new Promise<{ readonly inputs: number; readonly fault: Fault | undefined }>((resolve, reject) => {
    let [last, since] = [0, performance.now()];
    const end = (what: string | undefined) => {
      clearInterval(interval);
      clearTimeout(timeout);
      const input = Buffer.from(shared, 8, Math.min(counts[1] ?? 0, MAX_INPUT_BYTES)).toString("latin1");
      const inputs = counts[0] ?? 0;
      const fault = what === undefined ? undefined : { what, input };
      worker.terminate().finally(() => resolve({ inputs, fault }));
    };
    const interval = setInterval(() => {
      const begun = Atomics.load(counts, 0);
      if (begun !== last) [last, since] = [begun, performance.now()];
      else if (begun > 0 && performance.now() - since > HANG_MS) end(`has not ended after ${HANG_MS / 1_000} s`);
    }, 200);
    const timeout = setTimeout(() => end(undefined), milliseconds);
    worker.once("message", end);
    worker.once("error", (error) => {
      if (counts[0] === 0) reject(error);
      end(`ends the thread: ${error.message}`);
    });
  });
}

/** Fuzzes a reader. @returns the inputs that were read in that time, and the first fault */
export function fuzzReader(name: string, { seconds, seed }: { readonly seconds: number; readonly seed: number }) {
  return watch({ name, seed }, seconds * 1_000);
}

/** The fault of one input; undefined: there is none. */
export async function judgeInput(name: string, input: string): Promise<string | undefined> {
  return (await watch({ name, seed: 0, input }, 10 * HANG_MS)).fault?.what;
}

/** A smaller input with a fault: halves, quarters, … are removed while the fault stays. */
export async function shrink(name: string, { what, input }: Fault): Promise<Fault> {
  const until = performance.now() + SHRINK_MS;
  let least: Fault = { what, input };
  for (let size = Math.ceil(input.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < least.input.length && performance.now() < until; ) {
      const candidate = least.input.slice(0, at) + least.input.slice(at + size);
      const fault = await judgeInput(name, candidate);
      if (fault === undefined) at += size;
      else least = { what: fault, input: candidate };
    }
  }
  return least;
}
