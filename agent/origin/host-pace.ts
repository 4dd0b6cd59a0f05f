import { BackOff } from "../../domain/origin/back-off.ts";
import { OwnTrouble } from "./own-trouble.ts";

/** How an origin takes what this process asks. It is known by the host that it is asked under. */
export class HostPace {
  readonly backOff = new BackOff();
  private readonly trouble = new OwnTrouble();

  /**
   * @param sentAt like all times here, in milliseconds since the epoch
   * @param again whether the URL was refused before
   */
  good(pop: string, sentAt: number, again: boolean): void {
    this.trouble.answered(pop);
    this.backOff.good(sentAt, again);
  }

  /** @param waitMs how long it asked to be left alone; undefined: it did not say */
  refused(pop: string, sentAt: number, now: number, waitMs: number | undefined, again: boolean): void {
    if (!this.trouble.refused(pop, sentAt, now)) this.backOff.refused(sentAt, now, waitMs, again);
  }
}
