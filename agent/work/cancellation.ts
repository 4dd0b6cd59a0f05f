/** Cuts off all downloads of a message at once, when its request has ended. */
export class Cancellation {
  cancelled = false;
  private readonly running = new Set<() => void>();

  /** @param cut called once if it is cancelled before {@link delete}; at once if it has been cancelled already */
  add(cut: () => void): void {
    if (this.cancelled) cut();
    else this.running.add(cut);
  }

  delete(cut: () => void): void {
    this.running.delete(cut);
  }

  cancel(): void {
    this.cancelled = true;
    for (const cut of this.running) cut();
    this.running.clear();
  }
}
