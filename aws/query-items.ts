/** One answer of a query. */
interface Page {
  readonly Items?: Record<string, unknown>[] | undefined;
  readonly LastEvaluatedKey?: Record<string, unknown> | undefined;
}

/**
 * All items that a query finds, page after page.
 * @param ask gets where the page before ended; undefined: it is the first
 * @param maxPages what is behind them is not read. A page has up to a megabyte. @default no bound
 */
export async function* queryItems(
  ask: (start: Record<string, unknown> | undefined) => Promise<Page>,
  maxPages: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Record<string, unknown>> {
  let start: Record<string, unknown> | undefined;
  let pages = 0;
  do {
    const page = await ask(start);
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined && ++pages < maxPages);
}
