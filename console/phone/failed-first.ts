import type { RecGroup } from "../request/group-pops.ts";

/** Those with most that is not warm first; of as many, the order stays. */
export function failedFirst(groups: readonly RecGroup[]): RecGroup[] {
  return groups.toSorted((a, b) => b.bad - a.bad);
}

/** In the order in which they stood before, whatever they have come to; one that did not stand there comes last. */
export function inOrder(groups: readonly RecGroup[], before: readonly (string | null)[]): RecGroup[] {
  const place = (rec: string | null) => (before.includes(rec) ? before.indexOf(rec) : before.length);
  return groups.toSorted((a, b) => place(a.rec) - place(b.rec));
}
