/**
 * A bounded number of things at once, whose bound may change while they run. Groups that wait take turns: a message of
 * a hundred URLs of one POP would else open a hundred connections there at once, and leave them idle afterwards.
 */
export class Slots {
  private used = 0;
  private queued = 0;
  /** Groups that wait, the one whose turn is next first. */
  private readonly groups = new Map<string, (() => void)[]>();

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
    return this.queued;
  }

  /** Runs `work` once there is a slot: first come first served within a group. */
  async run<T>(work: () => Promise<T>, group = ""): Promise<T> {
    if (this.used >= this.bound) await this.turn(group);
    else this.used++;
    try {
      return await work();
    } finally {
      this.used--;
      this.admit();
    }
  }

  private turn(group: string): Promise<void> {
    this.queued++;
    return new Promise((resolve) => {
      const waiting = this.groups.get(group);
      if (waiting === undefined) this.groups.set(group, [resolve]);
      else waiting.push(resolve);
    });
  }

  private admit(): void {
    while (this.used < this.bound) {
      const [first] = this.groups;
      if (first === undefined) return;
      const [group, waiting] = first;
      const next = waiting.shift();
      this.groups.delete(group);
      if (waiting.length > 0) this.groups.set(group, waiting);
      this.queued--;
      this.used++;
      next?.();
    }
  }
}
