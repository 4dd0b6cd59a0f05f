// Runs one reader in a thread: the parent ends it when an input takes too long or too much memory.
import { Session } from "node:inspector";
import { isDeepStrictEqual } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import { MAX_INPUT_BYTES, mutate, randomOf } from "./mutate.ts";
import { type FuzzedReader, isTypedAnswer, READERS } from "./readers.ts";

/** CPU time of one input, garbage collection included. */
const MAX_CPU_MS = 1_000;
/** Inputs of which the coverage is read together. If there is anything new, each is run again alone. */
const BATCH = 20;
const READ_FILES = /\/(?:agent|probe|domain|cli)\//;

export interface WorkerData {
  readonly name: string;
  readonly seed: number;
  /** One input to judge; undefined: fuzz until the thread is ended. */
  readonly input?: string | undefined;
  /** `[inputs that have begun, length of the current one]`, then its bytes. */
  readonly shared: SharedArrayBuffer;
}

const data: WorkerData = workerData;
const reader = readerOf(data.name);
const counts = new Int32Array(data.shared, 0, 2);
const current = Buffer.from(data.shared, 8);

function readerOf(name: string): FuzzedReader {
  const found = READERS[name];
  if (found === undefined) throw new Error(`no reader ${name}`);
  return found;
}

async function answerOf(pieces: readonly Buffer[]): Promise<unknown> {
  try {
    return { result: await reader.read(pieces) };
  } catch (error) {
    if (isTypedAnswer(error)) return { error: error.name };
    throw error;
  }
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** The rule that an input breaks; undefined: none. @param cut where it is split the second time */
async function faultOf(input: string, cut: number): Promise<string | undefined> {
  const bytes = Buffer.from(input, "latin1");
  current.set(bytes.subarray(0, MAX_INPUT_BYTES));
  Atomics.store(counts, 1, bytes.length);
  Atomics.add(counts, 0, 1);
  try {
    // The compiler's threads count, too: a slow input is slow twice.
    let spent = Number.POSITIVE_INFINITY;
    let whole: unknown;
    for (let tries = 0; tries < 2 && spent > MAX_CPU_MS; tries++) {
      const before = cpuMs();
      whole = await answerOf([bytes]);
      spent = cpuMs() - before;
    }
    if (spent > MAX_CPU_MS) return `takes ${Math.round(spent)} ms of CPU time; at most ${MAX_CPU_MS} ms`;
    // An answer to the time of a document depends on the time.
    if (spent > MAX_CPU_MS / 4) return undefined;
    const small = bytes.length <= 300;
    const pieces = small
      ? Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
      : [bytes.subarray(0, cut % bytes.length), bytes.subarray(cut % bytes.length)];
    const split = await answerOf(pieces);
    if (isDeepStrictEqual(split, whole)) return undefined;
    return `gives another result when it is split${small ? " into bytes" : ` at ${cut % bytes.length}`}`;
  } catch (error) {
    return `throws ${error instanceof Error ? error.stack?.split("\n").slice(0, 3).join(" ") : String(error)}`;
  }
}

/** Coverage of the readers' code since the last call: its blocks, each with the magnitude of its count. */
function coverage(session: Session): string[] {
  const seen: string[] = [];
  session.post("Profiler.takePreciseCoverage", (error, taken) => {
    if (error) throw error;
    for (const { url, functions } of taken.result)
      if (READ_FILES.test(url))
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) seen.push(`${url}:${startOffset}:${endOffset}:${Math.floor(Math.log2(count))}`);
  });
  return seen;
}

async function fuzz(): Promise<string> {
  const random = randomOf(data.seed);
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const known = new Set<string>();
  const corpus: string[] = [];
  const isNew = () => {
    const size = known.size;
    for (const block of coverage(session)) known.add(block);
    return known.size > size;
  };
  const some = () =>
    corpus[random(2) === 0 ? random(corpus.length) : corpus.length - 1 - random(Math.min(20, corpus.length))] ?? "";
  for (const seed of reader.seeds) {
    const input = Buffer.from(seed, "utf8").toString("latin1");
    const fault = await faultOf(input, 1);
    if (fault !== undefined) return fault;
    isNew();
    corpus.push(input);
  }
  for (;;) {
    const inputs = Array.from({ length: BATCH }, () => mutate(some(), { random, words: reader.words, other: some() }));
    for (const input of inputs) {
      const fault = await faultOf(input, random(MAX_INPUT_BYTES));
      if (fault !== undefined) return fault;
    }
    const before = new Set(known);
    if (!isNew()) continue;
    known.clear();
    for (const block of before) known.add(block);
    for (const input of inputs) {
      await faultOf(input, 1);
      if (isNew()) corpus.push(input);
    }
  }
}

const cuts = [1, 7, 97, 4_001];
async function judge(input: string): Promise<string | undefined> {
  for (const cut of cuts) {
    const fault = await faultOf(input, cut);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

parentPort?.postMessage(data.input === undefined ? await fuzz() : await judge(data.input));
