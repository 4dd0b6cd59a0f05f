/** A task cannot be done now, and should not wait here: it goes back to the queue for some time. */
export class PutOffError extends Error {
  override readonly name = "PutOffError";
  /**
   * @param ms for how long at the least
   * @param spreadMs how much longer at the most, by chance: those that were put off together must not come back together
   * @param tries how often it was asked for here, in vain
   * @param startedAt when the first of all attempts started, in milliseconds since the epoch. @default there was none
   */
  constructor(
    readonly ms: number,
    readonly spreadMs: number,
    readonly tries = 0,
    readonly startedAt?: number,
  ) {
    super(`put off for ${Math.round(ms)} ms`);
  }
}
