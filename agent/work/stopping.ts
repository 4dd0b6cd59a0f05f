/** The agent is stopping: what has not begun is given back. */
export class StoppingError extends Error {
  override readonly name = "StoppingError";
}
