/** A request that is refused: its HTTP status, what is wrong, and the URLs that are. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  constructor(
    readonly statusCode: 400 | 404 | 409,
    message: string,
    readonly errorUrls: readonly string[] = [],
  ) {
    super(message);
  }
}
