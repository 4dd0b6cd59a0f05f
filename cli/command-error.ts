/** Why a command does not do what it was told. It ends with exit code 1. */
export class CommandError extends Error {
  /** The bundles have a copy of this class each, and throw errors to one another. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "CommandError";
  }

  override readonly name: string = "CommandError";

  /** @param next what to do now: a line or several */
  constructor(
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
