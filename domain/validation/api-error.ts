/** A call that the API rejects: the HTTP status, what is wrong, and the URLs that are. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly statusCode: 400 | 404 | 409,
    message: string,
    readonly errorUrls: readonly string[] = [],
  ) {
    super(message);
  }
}

/** A body may have a million faults: each told of would make an answer many times as long as the body. */
const MAX_TOLD = 50;

/** The first faults in one line, and how many more there are. */
export function faultList(faults: readonly string[]): string {
  const left = faults.length - MAX_TOLD;
  const told = faults.slice(0, MAX_TOLD).join("; ");
  return left > 0 ? `${told}; and ${left} more faults like these` : told;
}

/** The first names of a list, and how many more there are. */
export function firstOf(names: readonly string[], most: number, between = ", "): string {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).join(between) + more;
}

/** The beginning of what a caller sent, for an answer that names it. */
export function abbreviate(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
