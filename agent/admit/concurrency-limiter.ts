/** How many slots there are beyond the limit, so that a request or a POP that holds no slot can start at any time. */
export interface ReservedCapacity {
  readonly requests: (limit: number) => number;
  readonly pops: (limit: number) => number;
}

const NONE: ReservedCapacity = { requests: () => 0, pops: () => 0 };
/** Waiting POPs of a request that are searched for one that holds no slot: those that were served longest ago. */
const MAX_SEARCHED_POPS = 16;

interface Waiter {
  readonly message: object | undefined;
  readonly resolve: (hasSlot: boolean) => void;
}

/**
 * A semaphore whose limit may change, with reserved capacity. It serves waiting requests round-robin, and the POPs of a request
 * as well. Otherwise a large request would make the small ones wait, and a message of 100 URLs of one POP would open 100 connections
 * there, and leave them idle afterwards.
 */
export class ConcurrencyLimiter {
  inUse = 0;
  /** How many wait for a slot. */
  waiting = 0;
  /** Waiting tasks by request and POP, in round-robin order. */
  private readonly queues = new Map<string, Map<string, Waiter[]>>();
  private readonly heldByRequest = new Map<string, number>();
  private readonly heldByPop = new Map<string, number>();

  constructor(
    private maxInUse: number,
    private readonly reserved: ReservedCapacity = NONE,
    /** Called when there may be free slots. */
    private readonly onFree: () => void = () => undefined,
  ) {}

  get limit(): number {
    return this.maxInUse;
  }

  set limit(value: number) {
    this.maxInUse = value;
    this.startWaiting();
  }

  /** Slots that are free and that nobody waits for. */
  get free(): number {
    return Math.max(0, this.maxInUse - this.inUse - this.waiting);
  }

  /**
   * Waits for a slot: first come, first served within a POP of a request. Call {@link release} with the same request and POP.
   * @param message may withdraw it while it waits
   * @returns true at once if there is a slot; false if it was withdrawn: there is no slot then
   */
  acquire(request = "", pop = "", message?: object): true | Promise<boolean> {
    if (this.fits(request, pop)) {
      this.hold(request, pop);
      return true;
    }
    this.waiting++;
    const pops = this.queues.get(request) ?? new Map<string, Waiter[]>();
    const queue = pops.get(pop) ?? [];
    this.queues.set(request, pops);
    pops.set(pop, queue);
    return new Promise((resolve) => queue.push({ message, resolve }));
  }

  release(request = "", pop = ""): void {
    this.inUse--;
    add(this.heldByRequest, request, -1);
    add(this.heldByPop, pop, -1);
    this.startWaiting();
  }

  /** Ends the waiting of this message, without a slot. */
  withdraw(message: object): void {
    for (const [request, pops] of this.queues) {
      for (const [pop, queue] of pops) {
        const left = queue.filter((waiter) => waiter.message !== message);
        this.waiting -= queue.length - left.length;
        for (const waiter of queue) if (waiter.message === message) waiter.resolve(false);
        if (left.length > 0) pops.set(pop, left);
        else pops.delete(pop);
      }
      if (pops.size === 0) this.queues.delete(request);
    }
  }

  private fits(request: string, pop: string): boolean {
    const beyond = this.inUse - this.maxInUse;
    if (beyond < 0) return true;
    const pops = this.reserved.pops(this.maxInUse);
    if (!this.heldByPop.has(pop) && beyond < pops) return true;
    return !this.heldByRequest.has(request) && beyond < pops + this.reserved.requests(this.maxInUse);
  }

  private hold(request: string, pop: string): void {
    this.inUse++;
    add(this.heldByRequest, request, 1);
    add(this.heldByPop, pop, 1);
  }

  private startWaiting(): void {
    while (this.waiting > 0 && this.startOne());
    this.onFree();
  }

  private startOne(): boolean {
    for (const [request, pops] of this.queues) {
      let searched = 0;
      for (const pop of pops.keys()) {
        if (this.fits(request, pop)) {
          this.start(request, pops, pop);
          return true;
        }
        if (++searched >= MAX_SEARCHED_POPS) break;
      }
    }
    return false;
  }

  /** The first of a POP starts. The POP, and the request, go to the end of their queues. */
  private start(request: string, pops: Map<string, Waiter[]>, pop: string): void {
    const queue = pops.get(pop) ?? [];
    const next = queue.shift();
    moveToEnd(pops, pop, queue.length === 0 ? undefined : queue);
    moveToEnd(this.queues, request, pops.size === 0 ? undefined : pops);
    this.waiting--;
    this.hold(request, pop);
    next?.resolve(true);
  }
}

/** @param value undefined: it leaves the queue */
function moveToEnd<T>(queue: Map<string, T>, key: string, value: T | undefined): void {
  if (value !== undefined && queue.size === 1) return;
  queue.delete(key);
  if (value !== undefined) queue.set(key, value);
}

function add(held: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (held.get(key) ?? 0) + by;
  if (count > 0) held.set(key, count);
  else held.delete(key);
}
