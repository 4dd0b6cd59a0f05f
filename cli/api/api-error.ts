import { CommandError } from "../command-error.ts";

/** The API refused a call, or failed. */
export class ApiError extends CommandError {
  override readonly name: string = "ApiError";

  constructor(
    readonly status: number,
    message: string,
    next: string,
  ) {
    super(message, next);
  }
}

/** No answer came. */
export class NoAnswerError extends CommandError {
  override readonly name: string = "NoAnswerError";
}

/** Whether the same call may succeed a little later: no answer, too many calls, a fault of the service. */
export function mayPass(error: unknown): boolean {
  return error instanceof NoAnswerError || (error instanceof ApiError && (error.status === 429 || error.status >= 500));
}
