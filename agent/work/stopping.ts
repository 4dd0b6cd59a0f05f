/** The agent is stopping. Downloads that have not begun are given back. */
export class StoppingError extends Error {
  override readonly name = "StoppingError";
}
