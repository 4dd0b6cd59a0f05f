import { setMaxListeners } from "node:events";

/** Cuts off all downloads of a message at once, when its request has ended. */
export class Cancellation {
  cancelled = false;
  private readonly running = new Set<() => void>();
  private controller: AbortController | undefined;

  /** @param cut called once if it is cancelled before {@link delete}; at once if it has been cancelled already */
  add(cut: () => void): void {
    if (this.cancelled) cut();
    else this.running.add(cut);
  }

  /** Aborted when it is cancelled. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      setMaxListeners(0, this.controller.signal);
      if (this.cancelled) this.controller.abort();
    }
    return this.controller.signal;
  }

  delete(cut: () => void): void {
    this.running.delete(cut);
  }

  cancel(): void {
    this.cancelled = true;
    this.controller?.abort();
    for (const cut of this.running) cut();
    this.running.clear();
  }
}
