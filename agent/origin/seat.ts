import { GRACE_MS } from "../../domain/origin/turns.ts";
import type { Budget } from "./budget.ts";

/** A download's turn, and its place among those that are under way at once. The line has counted it. */
export class Seat {
  private readonly since = Date.now();

  constructor(
    private readonly budget: Budget | undefined,
    private readonly onFree: () => void,
  ) {}

  /** Whether its turn was too long ago to be used: something else has held it up. */
  get isLate(): boolean {
    return Date.now() - this.since > GRACE_MS;
  }

  /** Gives it back. */
  leave(): void {
    this.budget?.rise(Date.now() - this.since);
    this.onFree();
  }
}
