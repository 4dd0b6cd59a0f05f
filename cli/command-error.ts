/** Why a command does not do what it was told. It ends with exit code 1. */
export class CommandError extends Error {
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
