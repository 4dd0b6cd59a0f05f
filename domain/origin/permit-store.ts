/** The state that all processes share about the limits of origins. The DynamoDB implementation is in aws/permit-table.ts. Every call throws what DynamoDB does. */
export interface PermitStore {
  /** The TATs by id, if no other process shares them. Then slots are taken here, without a call. @default others share them */
  readonly localTats?: Map<string, number> | undefined;
  /** The theoretical arrival time (TAT) of the rate of a request or of a host, in milliseconds since the epoch. @returns undefined if nothing is reserved */
  tat(id: string): Promise<number | undefined>;
  /** Changes the TAT if the condition of the update holds. @returns whether it holds, and the TAT after the call */
  updateTat(id: string, update: TatUpdate): Promise<{ readonly done: boolean; readonly tat: number | undefined }>;
  /** How many permits all processes hold, and how many of them this process leases. */
  permits(reqId: string): Promise<Permits>;
  /**
   * Changes this process's lease from `from` permits to `to`, if the lease is as stated and all permits stay within `limit`.
   * A lease requires a heartbeat item. @returns whether it was changed
   */
  exchange(reqId: string, change: PermitChange): Promise<boolean>;
  /** Takes back the permits of processes without a heartbeat, unless another process searches for them. @returns how many */
  reclaim(reqId: string, search: LeaseSearch): Promise<number>;
  /** The shared rate of a host that throttles. @returns undefined if no process has cut it */
  hostRate(host: string): Promise<HostRate | undefined>;
  /** Replaces the rate of a host, if it is as stated. @returns the rate after the call */
  cutHostRate(host: string, seen: HostRate | undefined, next: HostRate): Promise<HostRate>;
}

/** A conditional change of the TAT; all values are milliseconds since the epoch, `by` is milliseconds. */
export type TatUpdate =
  /** After an idle period: if the TAT is absent or before `below`. */
  | { readonly kind: "set"; readonly to: number; readonly below: number }
  /** If `atLeast` <= TAT < `below`. */
  | { readonly kind: "add"; readonly by: number; readonly atLeast: number; readonly below: number };

export interface Permits {
  readonly held: number;
  readonly own: number;
  /** When a process last searched for expired leases, in milliseconds since the epoch; 0: never. */
  readonly searchedAt: number;
}

/** Numbers of permits: those of this process before and after, and the most of all processes. */
export interface PermitChange {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Times are milliseconds since the epoch. */
export interface LeaseSearch {
  readonly now: number;
  /** When the last search was, as {@link Permits} has it: if there was another one, this one finds nothing. */
  readonly searchedAt: number;
  /** Leases of processes whose last heartbeat is older have expired. */
  readonly expiredBefore: number;
}

/** The state of AIMD for one host. Times are milliseconds since the epoch. */
export interface HostRate {
  /** Requests per second of all processes together, at the time of the last cut. */
  readonly rate: number;
  readonly cutAt: number;
  /** `Retry-After` of the whole host: no request before. */
  readonly notBefore: number;
}

/** The shared state in the memory of one process. */
export class MemoryPermitStore implements PermitStore {
  private readonly tats = new Map<string, number>();
  readonly localTats: PermitStore["localTats"] = this.tats;
  private readonly leases = new Map<string, number>();
  private readonly hosts = new Map<string, HostRate>();

  async tat(id: string): Promise<number | undefined> {
    return this.tats.get(id);
  }

  async updateTat(id: string, update: TatUpdate) {
    const tat = this.tats.get(id);
    const next = tatAfter(tat, update);
    if (next !== undefined) this.tats.set(id, next);
    return { done: next !== undefined, tat: next ?? tat };
  }

  async permits(reqId: string): Promise<Permits> {
    const held = this.leases.get(reqId) ?? 0;
    return { held, own: held, searchedAt: 0 };
  }

  async exchange(reqId: string, { from, to, limit }: PermitChange) {
    const done = (this.leases.get(reqId) ?? 0) === from && to <= limit;
    if (done) this.leases.set(reqId, to);
    return done;
  }

  /** A lease ends with its process, and the memory of the process with it. */
  async reclaim(): Promise<number> {
    return 0;
  }

  async hostRate(host: string): Promise<HostRate | undefined> {
    return this.hosts.get(host);
  }

  async cutHostRate(host: string, seen: HostRate | undefined, next: HostRate): Promise<HostRate> {
    const current = this.hosts.get(host);
    if (current?.cutAt !== seen?.cutAt || current?.rate !== seen?.rate) return current ?? next;
    this.hosts.set(host, next);
    return next;
  }
}

/** @returns undefined if the condition of the update does not hold */
export function tatAfter(tat: number | undefined, update: TatUpdate): number | undefined {
  if (update.kind === "set") return tat === undefined || tat < update.below ? update.to : undefined;
  return tat !== undefined && tat >= update.atLeast && tat < update.below ? tat + update.by : undefined;
}
