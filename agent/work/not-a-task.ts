/** A task that has the right shape, but that no agent can do: trying again is no use. */
export class NotATaskError extends Error {
  override readonly name = "NotATaskError";
}
