/** An answer lacks what was asked for: another version of the service, or an emulator that does not know the call. */
export class NotToldError extends Error {
  override readonly name = "NotToldError";
  constructor(what: string) {
    super(`the answer has no ${what}`);
  }
}

/** A part of an answer. Every part is optional to the SDK. @throws NotToldError */
export function told<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new NotToldError(what);
  return value;
}

/** The name of what an SDK call threw; AWS puts its error code there. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
