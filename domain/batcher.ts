/** What became of one item of a batch: nothing, or why it failed. */
export type BatchOutcome = readonly (Error | undefined)[];

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers items that come one by one into calls that take many: a call goes out when a batch is full, or when its
 * first item has waited `delayMs`. An item's promise settles when the call that carried it did.
 */
export class Batcher<T> {
  private waiting: Waiting<T>[] = [];
  private keys = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: {
      readonly size: number;
      readonly delayMs: number;
      readonly send: (items: readonly T[]) => Promise<BatchOutcome>;
      /** Items of one key never share a batch; absent: any may. */
      readonly key?: (item: T) => string;
    },
  ) {}

  add(item: T): Promise<void> {
    const key = this.options.key?.(item);
    if (key !== undefined && this.keys.has(key)) this.flush();
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (key !== undefined) this.keys.add(key);
      if (this.waiting.length >= this.options.size) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), this.options.delayMs);
    });
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const batch = this.waiting;
    this.waiting = [];
    this.keys.clear();
    void this.send(batch);
  }

  private async send(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      const outcome = await this.options.send(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, i) => {
        if (outcome[i] === undefined) resolve();
        else reject(outcome[i]);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
