/** Statuses by which an origin, or the edge for it, says that it has too much to do. They slow all asking down. */
const TOO_MUCH = new Set([429, 502, 503, 504]);
/** Of these, those that ask to come again: such a task is tried more often than others. */
const PATIENT = new Set([429, 503]);

export function isOverload(status: number | undefined): boolean {
  return status !== undefined && TOO_MUCH.has(status);
}

export function asksForPatience(status: number | undefined): boolean {
  return status !== undefined && PATIENT.has(status);
}
