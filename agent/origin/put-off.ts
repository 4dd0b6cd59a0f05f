/** A task cannot be done now, and should not wait here: it goes back to the queue for some time. */
export class PutOffError extends Error {
  override readonly name = "PutOffError";
  /**
   * @param ms for how long
   * @param tries how often it was asked for here, in vain
   */
  constructor(
    readonly ms: number,
    readonly tries = 0,
  ) {
    super(`put off for ${Math.round(ms)} ms`);
  }
}
