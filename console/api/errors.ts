/** The API answered and refused. The message is its own. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  constructor(
    readonly status: number,
    message: string,
    /** URLs that the API names as bad. */
    readonly errorUrls: readonly string[] = [],
    /** What AWS calls this call, for whoever reads the log. */
    readonly awsRequestId: string | undefined = undefined,
  ) {
    super(message);
  }
}

/** The API says that there is no such thing. It reads what was written before, so that is final. */
export function isNotThere(error: unknown): boolean {
  return error instanceof RefusedError && error.status === 404;
}

/** No answer came: no connection, or not in time. */
export class LostError extends Error {
  override readonly name = "LostError";
}
