// A shared table in virtual time: latency, failures and periods without a response. Each process has a view of it.
import { setTimeout as sleep } from "node:timers/promises";
import { MemoryPermitStore, type PermitStore } from "../../domain/origin/permit-store.ts";

interface Item {
  permits: number;
  at: number;
}

export interface TableFaults {
  /** Mean latency of a call, in milliseconds. @default 8; one call in 50 takes ten times as long */
  readonly latencyMs?: number;
  /** The share of calls that fail. A failed write may have been made. @default none */
  readonly failing?: number;
  /** No call ends within these times, in seconds after the start. */
  readonly down?: readonly (readonly [number, number])[];
  /** The same for processes whose names begin so. */
  readonly downFor?: string;
}

export interface Call {
  readonly at: number;
  readonly owner: string;
  readonly kind: "read" | "reservation" | "transaction" | "cut";
  /** The request or the host. */
  readonly limit: string;
}

/** The share of transactions that conflict with another one: DynamoDB cancels them. */
const CONFLICTS = 0.1;

export class SimulatedTable {
  readonly calls: Call[] = [];
  private readonly started = Date.now();
  /** TATs and the rates of hosts. Permits are leased here: their leases end with heartbeats. */
  private readonly rates = new MemoryPermitStore();
  private readonly heartbeats = new Map<string, Item>();
  held = 0;
  private searchedAt = 0;

  constructor(
    private readonly faults: TableFaults,
    private readonly random: () => number,
  ) {}

  /** Writes a heartbeat. @param at by the clock of the process */
  heartbeat(owner: string, at: number): Promise<void> {
    return this.call(owner, () => {
      this.heartbeats.set(owner, { permits: this.heartbeats.get(owner)?.permits ?? 0, at });
    });
  }

  storeOf(owner: string): PermitStore {
    const counted = <T>(kind: Call["kind"], limit: string, call: () => T | Promise<T>): Promise<T> => {
      this.calls.push({ at: Date.now(), owner, kind, limit });
      return this.call(owner, call);
    };
    return {
      tat: (id) => counted("read", id, () => this.rates.tat(id)),
      updateTat: (id, update) => counted("reservation", id, () => this.rates.updateTat(id, update)),
      permits: (reqId) =>
        counted("read", reqId, () => {
          const own = this.heartbeats.get(owner)?.permits ?? 0;
          return { held: this.held, own, searchedAt: this.searchedAt };
        }),
      exchange: (reqId, { from, to, limit }) =>
        counted("transaction", reqId, () => {
          const own = this.heartbeats.get(owner);
          const fits = to < from || this.held + to - from <= limit;
          const done = own !== undefined && own.permits === from && fits && this.random() >= CONFLICTS;
          if (done) {
            own.permits = to;
            this.held += to - from;
          }
          return done;
        }),
      reclaim: (reqId, { now, searchedAt, expiredBefore }) =>
        counted("transaction", reqId, () => {
          if (this.searchedAt !== searchedAt) return 0;
          this.searchedAt = now;
          let permits = 0;
          for (const item of this.heartbeats.values()) {
            if (item.at >= expiredBefore) continue;
            permits += item.permits;
            item.permits = 0;
          }
          this.held -= permits;
          return permits;
        }),
      hostRate: (host) => counted("read", host, () => this.rates.hostRate(host)),
      cutHostRate: (host, seen, next) => counted("cut", host, () => this.rates.cutHostRate(host, seen, next)),
    };
  }

  private async call<T>(owner: string, run: () => T | Promise<T>): Promise<T> {
    const { latencyMs = 8, failing = 0, down = [], downFor = "" } = this.faults;
    const once = () => latencyMs * (0.5 + this.random()) * (this.random() < 0.02 ? 10 : 1);
    await sleep(once() / 2);
    const seconds = (Date.now() - this.started) / 1_000;
    const outage = owner.startsWith(downFor) && down.find(([from, to]) => seconds >= from && seconds < to);
    // It may have been made before the response was lost.
    if (outage !== undefined && outage !== false) {
      await sleep(20_000 * this.random());
      if (this.random() < 0.5) await run();
      throw new Error("The table is not available");
    }
    const fails = this.random() < failing;
    if (fails && this.random() < 0.5) throw new Error("The table fails");
    const result = await run();
    await sleep(once() / 2);
    if (fails) throw new Error("The response was lost");
    return result;
  }
}
