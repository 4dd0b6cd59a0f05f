// What GET /prewarm tells of progress while heartbeats, results, batches of Aggregation and kills come in any order.
import fc from "fast-check";
import { describeRequest } from "../../../domain/api/request-view.ts";
import { type Status, timingsOf } from "../../../domain/request/lifecycle.ts";
import type { Heartbeat } from "../../../domain/request/progress.ts";
import { count, heartbeat, request } from "../items.ts";

const FILES = 12;
const SIZE = 200;

interface Process {
  readonly worker: string;
  /** Bytes so far of each download under way. */
  readonly underWay: number[];
  finished: number;
}

/** What happens in a step, and by which process; `size` says how much of it. */
interface Move {
  readonly kind: "work" | "heartbeat" | "aggregate" | "kill" | "restart";
  readonly process: number;
  readonly size: number;
}

/** A request of equal files, the processes that download it, and what was written of both. */
class Model {
  private reported = 0;
  private readonly processes: Process[] = [];
  private readonly heartbeats = new Map<string, Heartbeat>();
  private queued = FILES;
  private written = 0;
  private counted = 0;
  private started = 0;
  private now = Date.UTC(2024, 3, 16, 4);

  constructor() {
    for (let i = 0; i < 3; i++) this.start();
  }

  private start() {
    this.processes.push({ worker: String(++this.started), underWay: [], finished: 0 });
  }

  move({ kind, process: n, size }: Move) {
    this.now += 500;
    const process = this.processes[n % this.processes.length];
    if (process === undefined) return;
    if (kind === "work") this.work(process, size);
    if (kind === "heartbeat") this.heartbeat(process);
    if (kind === "aggregate") this.counted += Math.ceil(((this.written - this.counted) * size) / 90);
    // A download fails on its way and begins anew.
    if (kind === "restart" && process.underWay.length > 0) process.underWay[0] = 0;
    if (kind === "kill") {
      this.processes.splice(this.processes.indexOf(process), 1);
      this.queued += process.underWay.length;
      this.start();
    }
  }

  private work(process: Process, size: number) {
    const { underWay } = process;
    if (this.queued > 0 && underWay.length < 4) {
      this.queued--;
      underWay.push(0);
    }
    const i = size % Math.max(1, underWay.length);
    const bytes = underWay[i];
    if (bytes === undefined) return;
    if (bytes < SIZE) underWay[i] = Math.min(SIZE, bytes + size);
    else {
      underWay.splice(i, 1);
      process.finished += SIZE;
      this.written++;
    }
  }

  private heartbeat(process: Process) {
    // None is silent for as long as a dead one.
    const isLate = ({ worker }: Process) => this.now - (this.heartbeats.get(worker)?.at ?? this.now) > 30_000;
    const { worker, underWay, finished } = this.processes.find(isLate) ?? process;
    const bytes = underWay.reduce((sum, it) => sum + it, 0);
    this.heartbeats.set(worker, heartbeat({ worker, at: this.now, tasks: underWay.length, finished, bytes }));
  }

  /** Bytes that are there, whoever knows of them. */
  get truth(): number {
    return this.written * SIZE + this.processes.flatMap(({ underWay }) => underWay).reduce((a, b) => a + b, 0);
  }

  get isDone(): boolean {
    return this.counted === FILES;
  }

  told(status: Status = "IN_PROGRESS") {
    const told = describeRequest(
      request({
        status,
        total_count: FILES,
        total_size: FILES * SIZE,
        sizes_known: true,
        max_reported_percentage: this.reported,
      }),
      {
        count: count(this.counted, this.counted * SIZE, 0),
        lastResultAt: undefined,
        heartbeats: [...this.heartbeats.values()],
      },
      { now: this.now, heartbeatTimeoutMs: timingsOf().heartbeatTimeoutMs },
    );
    this.reported = Math.max(this.reported, told.percentage_complete);
    return told;
  }
}

/** Sequences of these moves, of which the first is the most frequent. */
function sequences(...kinds: readonly [Move["kind"], number][]) {
  const kind = fc.oneof(...kinds.map(([it, weight]) => ({ weight, arbitrary: fc.constant(it) })));
  const move = fc.record({ kind, process: fc.nat({ max: 2 }), size: fc.integer({ min: 1, max: 90 }) });
  return fc.array(move, { minLength: 60, maxLength: 400 });
}

it("of a request whose agents finish what they begin, the bytes that are told never fall, and are never more than there are", () => {
  const moves = sequences(["work", 70], ["heartbeat", 15], ["aggregate", 15]);
  fc.assert(
    fc.property(moves, (all) => {
      const model = new Model();
      let before = 0;
      for (const move of all) {
        model.move(move);
        if (model.isDone) return;
        const { download_size, in_progress_size } = model.told();
        const bytes = download_size + in_progress_size;
        expect(bytes).toBeLessThanOrEqual(model.truth);
        expect(bytes).toBeGreaterThanOrEqual(before);
        before = bytes;
      }
    }),
  );
});

it("of a request whose agents are killed and whose downloads begin anew, the percentage never falls, and is below 100 until all is recounted", () => {
  const moves = sequences(["work", 68], ["heartbeat", 15], ["aggregate", 14], ["kill", 2], ["restart", 2]);
  fc.assert(
    fc.property(moves, (all) => {
      const model = new Model();
      let before = 0;
      for (const move of all) {
        model.move(move);
        const { percentage_complete: percentage } = model.told();
        expect(percentage).toBeGreaterThanOrEqual(before);
        // Counters may be too high, which a recount puts right: until then, not all is said to be done.
        expect(percentage).toBeLessThanOrEqual(99);
        before = percentage;
      }
      // Nor when it is stopped, before the recount.
      expect(model.told("STOPPED").percentage_complete).toBeGreaterThanOrEqual(before);
    }),
  );
});
