/** A body may have a million faults: each told of would make an answer many times as long as the body. */
const MAX_TOLD = 50;

/** The first faults in one line, and how many more there are. @param untold faults that nobody put into words */
export function faultList(faults: readonly string[], untold = 0): string {
  const left = Math.max(0, faults.length - MAX_TOLD) + untold;
  const told = faults.slice(0, MAX_TOLD);
  return [...told, ...(left === 0 ? [] : [`and ${left} more faults like these`])].join("; ");
}
