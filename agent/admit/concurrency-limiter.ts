/** How many may run beyond the bound, so that what holds nothing yet can begin at any time. */
export interface Reserve {
  /** For a request that holds no slot. */
  readonly requests: (bound: number) => number;
  /** For a POP that holds none. */
  readonly pops: (bound: number) => number;
}

const NONE: Reserve = { requests: () => 0, pops: () => 0 };
/** Of the POPs that wait, so many are looked at for one that holds nothing: those that were served longest ago. */
const LOOKED_AT = 16;

interface Waiter {
  readonly owner: object | undefined;
  readonly resolve: (hasSlot: boolean) => void;
}

/**
 * Bounds how many downloads run at once. The bound may change while they run. Requests that wait take turns, and so do the
 * POPs of a request: otherwise a large request would make the small ones wait, and a message of 100 URLs of one POP would open
 * 100 connections there, and leave them idle afterwards.
 */
export class Slots {
  private used = 0;
  private queued = 0;
  /** What waits, by request and POP, each in the order of their turns. */
  private readonly requests = new Map<string, Map<string, Waiter[]>>();
  private readonly heldByRequest = new Map<string, number>();
  private readonly heldByPop = new Map<string, number>();

  constructor(
    private bound: number,
    private readonly reserve: Reserve = NONE,
    /** Called when there may be room for more. */
    private readonly onRoom: () => void = () => undefined,
  ) {}

  get limit(): number {
    return this.bound;
  }

  set limit(value: number) {
    this.bound = value;
    this.admit();
  }

  get inUse(): number {
    return this.used;
  }

  get waiting(): number {
    return this.queued;
  }

  /**
   * Resolves once there is a slot, to be given back by {@link release}: first come first served within a POP of a request.
   * @param owner who may withdraw it while it waits
   * @returns false if it was withdrawn: there is no slot then
   */
  take(request = "", pop = "", owner?: object): Promise<boolean> {
    if (!this.fits(request, pop)) return this.turn(request, pop, owner);
    this.hold(request, pop);
    return Promise.resolve(true);
  }

  /** Gives a slot back. The next in turn has it at once. */
  release(request = "", pop = ""): void {
    this.used--;
    lower(this.heldByRequest, request);
    lower(this.heldByPop, pop);
    this.admit();
  }

  /** Lets go what waits for this owner, without a slot. */
  withdraw(owner: object): void {
    for (const [request, pops] of this.requests) {
      for (const [pop, waiting] of pops) {
        const stay = waiting.filter((waiter) => waiter.owner !== owner);
        this.queued -= waiting.length - stay.length;
        for (const waiter of waiting) if (waiter.owner === owner) waiter.resolve(false);
        if (stay.length > 0) pops.set(pop, stay);
        else pops.delete(pop);
      }
      if (pops.size === 0) this.requests.delete(request);
    }
  }

  private fits(request: string, pop: string): boolean {
    if (this.used < this.bound) return true;
    const beyond = this.used - this.bound;
    const pops = this.reserve.pops(this.bound);
    if (!this.heldByPop.has(pop) && beyond < pops) return true;
    return !this.heldByRequest.has(request) && beyond < pops + this.reserve.requests(this.bound);
  }

  private hold(request: string, pop: string): void {
    this.used++;
    raise(this.heldByRequest, request);
    raise(this.heldByPop, pop);
  }

  private turn(request: string, pop: string, owner: object | undefined): Promise<boolean> {
    this.queued++;
    const pops = this.requests.get(request) ?? new Map<string, Waiter[]>();
    const waiting = pops.get(pop) ?? [];
    this.requests.set(request, pops);
    pops.set(pop, waiting);
    return new Promise((resolve) => waiting.push({ owner, resolve }));
  }

  private admit(): void {
    while (this.queued > 0 && this.admitOne());
    this.onRoom();
  }

  private admitOne(): boolean {
    for (const [request, pops] of this.requests) {
      let looked = 0;
      for (const pop of pops.keys()) {
        if (this.fits(request, pop)) {
          this.begin(request, pops, pop);
          return true;
        }
        if (++looked >= LOOKED_AT || this.used >= this.most) break;
      }
    }
    return false;
  }

  private get most(): number {
    return this.bound + this.reserve.pops(this.bound);
  }

  /** The first of a POP begins. The POP, and the request, go to the end of their lines. */
  private begin(request: string, pops: Map<string, Waiter[]>, pop: string): void {
    const waiting = pops.get(pop) ?? [];
    const next = waiting.shift();
    if (waiting.length === 0 || pops.size > 1) {
      pops.delete(pop);
      if (waiting.length > 0) pops.set(pop, waiting);
    }
    if (pops.size === 0 || this.requests.size > 1) {
      this.requests.delete(request);
      if (pops.size > 0) this.requests.set(request, pops);
    }
    this.queued--;
    this.hold(request, pop);
    next?.resolve(true);
  }
}

function raise(held: Map<string, number>, key: string): void {
  held.set(key, (held.get(key) ?? 0) + 1);
}

function lower(held: Map<string, number>, key: string): void {
  const left = (held.get(key) ?? 1) - 1;
  if (left === 0) held.delete(key);
  else held.set(key, left);
}
