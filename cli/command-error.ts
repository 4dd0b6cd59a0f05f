import { type PrintedCommand, printedCommand } from "./printed-command.ts";

/** The next step: a line or several. A text that names commands is built for whoever called this one. */
export type Next = string | ((command: PrintedCommand) => string);

/** Why a command does not do what it was told. It ends with exit code 1. */
export class CommandError extends Error {
  /** The bundles have a copy of this class each, and throw errors to one another. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "CommandError";
  }

  override readonly name: string = "CommandError";

  constructor(
    message: string,
    readonly next: Next,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  nextStep(command: PrintedCommand = printedCommand({})): string {
    return typeof this.next === "string" ? this.next : this.next(command);
  }
}
