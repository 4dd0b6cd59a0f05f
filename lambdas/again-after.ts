const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 900;

/** After how many seconds a message comes again whose run failed. @param receives how often it has come by now, from 1 */
export function againAfterSeconds(receives: number): number {
  return Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (receives - 1));
}
