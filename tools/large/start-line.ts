import { setTimeout as sleep } from "node:timers/promises";

/** Where instances wait until the queue is full, and then start one after the other. */
export class StartLine {
  private release: () => void = () => undefined;
  private opened = Promise.resolve();
  private passed = 0;

  /** @param apartMs between two that start */
  constructor(private readonly apartMs: number) {}

  /** Whoever comes from now on waits. */
  close(): void {
    this.passed = 0;
    this.opened = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  open(): void {
    this.release();
  }

  /** Resolves when the caller may start. Callers come one after the other. */
  async pass(): Promise<void> {
    await this.opened;
    if (this.passed++ > 0) await sleep(this.apartMs);
  }
}
