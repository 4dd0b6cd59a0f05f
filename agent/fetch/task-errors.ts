/** A task of the right shape that no agent can do. Trying again does not help. */
export class NotATaskError extends Error {
  override readonly name = "NotATaskError";
}

/** The agent is stopping. Downloads that have not begun are given back. */
export class StoppingError extends Error {
  override readonly name = "StoppingError";
}
