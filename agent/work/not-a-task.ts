/** A task that has the right shape and still cannot be run, by this agent or any other: trying again is no use. */
export class NotATaskError extends Error {
  override readonly name = "NotATaskError";
}
