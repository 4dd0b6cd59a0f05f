// What GET /prewarm tells of progress while heartbeats, results, batches of Aggregation and kills come in any order.
import { describe, expect, it } from "vitest";
import { describeRequest } from "../../../domain/api/request-view.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
import type { Heartbeat } from "../../../domain/request/progress.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { count, request } from "../items.ts";

const FILES = 20;
const SIZE = 200;
const START = Date.UTC(2024, 3, 16, 4);

/** A repeatable generator of numbers from 0 to 1: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

interface Process {
  readonly worker: string;
  /** Bytes so far of each download under way. */
  readonly underWay: number[];
  finished: number;
}

/** A request of equal files, the processes that download it, and what was written of both. */
class Model {
  readonly requests = new FakeRequests(
    request({ status: "IN_PROGRESS", total_count: FILES, total_size: FILES * SIZE, sizes_known: true }),
  );
  readonly processes: Process[] = [];
  readonly heartbeats = new Map<string, Heartbeat>();
  private queued = FILES;
  private written = 0;
  private counted = 0;
  private started = 0;
  now = START;

  constructor(private readonly chance: () => number) {
    for (let i = 0; i < 3; i++) this.start();
  }

  start(): void {
    this.processes.push({ worker: String(++this.started), underWay: [], finished: 0 });
  }

  private pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.chance() * list.length)];
  }

  work(): void {
    const process = this.pick(this.processes);
    if (process === undefined) return;
    if (this.queued > 0 && process.underWay.length < 4) {
      this.queued--;
      process.underWay.push(0);
    }
    const i = Math.floor(this.chance() * process.underWay.length);
    const bytes = process.underWay[i];
    if (bytes === undefined) return;
    if (bytes < SIZE) process.underWay[i] = Math.min(SIZE, bytes + Math.ceil(this.chance() * 90));
    else {
      process.underWay.splice(i, 1);
      process.finished += SIZE;
      this.written++;
    }
  }

  heartbeat(): void {
    // None is silent for as long as a dead one.
    const isLate = ({ worker }: Process) => this.now - (this.heartbeats.get(worker)?.at ?? this.now) > 30_000;
    const process = this.processes.find(isLate) ?? this.pick(this.processes);
    if (process === undefined) return;
    const { worker, underWay, finished } = process;
    this.heartbeats.set(worker, {
      instance: "i-1",
      worker,
      at: this.now,
      tasks: underWay.length,
      finished,
      bytes: underWay.reduce((sum, bytes) => sum + bytes, 0),
      bytes_per_second: 50,
      tasks_per_second: 1,
    });
  }

  aggregate(): void {
    this.counted += Math.ceil(this.chance() * (this.written - this.counted));
  }

  kill(): void {
    const process = this.processes.shift();
    if (process === undefined) return;
    this.queued += process.underWay.length;
    this.start();
  }

  /** A download fails on its way and begins anew. */
  restart(): void {
    const process = this.pick(this.processes);
    if (process !== undefined && process.underWay.length > 0) process.underWay[0] = 0;
  }

  get isDone(): boolean {
    return this.counted === FILES;
  }

  /** Bytes that are there, whoever knows of them. */
  get truth(): number {
    return this.written * SIZE + this.processes.flatMap(({ underWay }) => underWay).reduce((a, b) => a + b, 0);
  }

  async get() {
    const item = this.requests.the();
    const progress = { count: count(this.counted, this.counted * SIZE, 0), lastResultAt: undefined };
    const told = describeRequest(
      item,
      { ...progress, heartbeats: [...this.heartbeats.values()] },
      { now: this.now, heartbeatTimeoutMs: timingsOf().heartbeatTimeoutMs },
    );
    // As the route does.
    await this.requests.recordReportedPercentage("r1", told.percentage_complete);
    return told;
  }
}

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed + 1);

/** What a step of a sequence may be: up to which number of the dice, and what happens then. */
type Moves = readonly (readonly [below: number, move: (model: Model) => void])[];

/** Plays a sequence for each seed. @param check gets what is told after each step, what was told before, and where it is */
async function play(
  moves: Moves,
  check: (model: Model, told: Awaited<ReturnType<Model["get"]>>, before: number, where: string) => number,
): Promise<void> {
  for (const seed of SEEDS) {
    const chance = random(seed);
    const model = new Model(chance);
    let before = 0;
    for (let step = 0; step < 5_000 && !model.isDone; step++) {
      model.now += 500;
      const dice = chance();
      moves.find(([below]) => dice < below)?.[1](model);
      before = check(model, await model.get(), before, `seed ${seed}, step ${step}`);
    }
  }
}

describe("of a request whose agents finish what they begin", () => {
  it("the bytes that are told never fall, and are never more than there are", async () => {
    const moves: Moves = [
      [0.7, (model) => model.work()],
      [0.85, (model) => model.heartbeat()],
      [1, (model) => model.aggregate()],
    ];
    await play(moves, (model, { download_size, in_progress_size }, before, where) => {
      const told = download_size + in_progress_size;
      expect(told, where).toBeLessThanOrEqual(model.truth);
      expect(told, where).toBeGreaterThanOrEqual(before);
      return told;
    });
  });
});

describe("of a request whose agents are killed and whose downloads begin anew", () => {
  it("the percentage never falls, and is below 100 until all is recounted", async () => {
    const moves: Moves = [
      [0.68, (model) => model.work()],
      [0.83, (model) => model.heartbeat()],
      [0.97, (model) => model.aggregate()],
      [0.985, (model) => model.kill()],
      [1, (model) => model.restart()],
    ];
    await play(moves, (_, { percentage_complete: percentage }, before, where) => {
      expect(percentage, where).toBeGreaterThanOrEqual(before);
      // Counters may be too high, which a recount puts right: until then, not all is said to be done.
      expect(percentage, where).toBeLessThanOrEqual(99);
      return percentage;
    });
  });
});
