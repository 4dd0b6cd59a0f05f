/** There are fewer active requests at a time. */
const REMEMBERED = 50;

/** Notes what is known of a request, by its id, and forgets those that were noted longest ago. */
export function remember<T>(known: Map<string, T>, reqId: string, value: T): void {
  known.delete(reqId);
  known.set(reqId, value);
  for (const oldest of known.keys()) if (known.size > REMEMBERED) known.delete(oldest);
}
