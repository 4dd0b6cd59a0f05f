import type { HostRate, Lease, PermitChange, PermitStore, Permits, TatUpdate } from "./permit-store.ts";

/** The shared state in the memory of one process. */
export class MemoryPermitStore implements PermitStore {
  private readonly tats = new Map<string, number>();
  private readonly leases = new Map<string, number>();
  private readonly hosts = new Map<string, HostRate>();

  async tat(reqId: string): Promise<number | undefined> {
    return this.tats.get(reqId);
  }

  async updateTat(reqId: string, update: TatUpdate) {
    const tat = this.tats.get(reqId);
    const next = tatAfter(tat, update);
    if (next !== undefined) this.tats.set(reqId, next);
    return { done: next !== undefined, tat: next ?? tat };
  }

  async permits(reqId: string): Promise<Permits> {
    const held = this.leases.get(reqId) ?? 0;
    return { held, own: held };
  }

  async exchange(reqId: string, { from, to, limit }: PermitChange) {
    const done = (this.leases.get(reqId) ?? 0) === from && to <= limit;
    if (done) this.leases.set(reqId, to);
    return { done };
  }

  /** A lease ends with its process, and the memory of the process with it. */
  async expiredLeases(): Promise<Lease[]> {
    return [];
  }

  async reclaim(): Promise<void> {}

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
  if (update.kind === "reset") return tat === update.from ? update.to : undefined;
  return tat !== undefined && tat >= update.atLeast && tat < update.below ? tat + update.by : undefined;
}
