/** A bounded number of things at once, whose bound may change while they run. */
export class Slots {
  private used = 0;
  private readonly queue: (() => void)[] = [];

  constructor(private bound: number) {}

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
    return this.queue.length;
  }

  /** Runs `work` once there is a slot, first come first served. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.used >= this.bound) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.used++;
    try {
      return await work();
    } finally {
      this.used--;
      this.admit();
    }
  }

  private admit(): void {
    while (this.used < this.bound) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.used++;
      next();
    }
  }
}
