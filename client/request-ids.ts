const WHOLE = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether it is an id, rather than the beginning of one. */
export function isWholeId(named: string): boolean {
  return WHOLE.test(named);
}

/** So many of the newest requests are searched for the beginning of an id: as many as one call lists. */
export const NEWEST = 100;

/** Those whose id begins so. */
export function startingWith<T extends { readonly request_id: string }>(requests: readonly T[], named: string): T[] {
  return requests.filter(({ request_id }) => request_id.startsWith(named));
}
