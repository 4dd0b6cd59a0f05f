/** A POP's last time is written at most this often. It tells whether a code is alive, not when it was used. */
const NOTE_EVERY_MS = 24 * 3_600_000;

/**
 * Those POPs whose last time is to be written now.
 * @param noted when each was written last: milliseconds since the epoch, by code
 * @param now milliseconds since the epoch
 */
export function toNote(resolved: readonly string[], noted: ReadonlyMap<string, number>, now: number): string[] {
  const isDue = (at: number | undefined) => at === undefined || now - at >= NOTE_EVERY_MS;
  return [...new Set(resolved)].filter((pop) => isDue(noted.get(pop)));
}
