/**
 * Bounds how many downloads run at once. The bound may change while they run. Groups that wait take turns: otherwise a
 * message of 100 URLs of one POP would open 100 connections there, and leave them idle afterwards.
 */
export class Slots {
  private used = 0;
  private queued = 0;
  /** Groups that wait, the one whose turn is next first. */
  private readonly groups = new Map<string, (() => void)[]>();
  /** Callers of {@link hungry} that wait. */
  private readonly feeders: (() => void)[] = [];

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

  /** Resolves once fewer wait than may run at once: then there is use for more. */
  async hungry(): Promise<void> {
    if (this.queued >= this.bound) await new Promise<void>((resolve) => this.feeders.push(resolve));
  }

  /** Resolves once there is a slot, to be given back by {@link release}: first come first served within a group. */
  async take(group = ""): Promise<void> {
    if (this.used >= this.bound) await this.turn(group);
    else this.used++;
  }

  /** Gives a slot back. The next in turn has it at once. */
  release(): void {
    this.used--;
    this.admit();
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
    for (const [group, waiting] of this.groups) {
      if (this.used >= this.bound) break;
      const next = waiting.shift();
      this.groups.delete(group);
      // The group goes to the end of the map, where this loop comes to it again.
      if (waiting.length > 0) this.groups.set(group, waiting);
      this.queued--;
      this.used++;
      next?.();
    }
    if (this.queued < this.bound) for (const feed of this.feeders.splice(0)) feed();
  }
}
