import { RefusedError } from "./refused-error.ts";

/** What GET /prewarm tells beside the totals, if it is asked for. */
export const DETAILS = ["pops", "failures", "samples", "urls"] as const;
export type Detail = (typeof DETAILS)[number];

/** The value of `detail` in a query string: one, or several with commas. @throws RefusedError 400 for any other, with those that there are */
export function detailsOf(text: string | undefined): ReadonlySet<Detail> {
  const details = new Set<Detail>();
  if (text === undefined) return details;
  for (const name of text.split(",").map((it) => it.trim())) {
    const known = DETAILS.find((detail) => detail === name);
    if (known === undefined) throw unknown(name);
    details.add(known);
  }
  return details;
}

function unknown(name: string): RefusedError {
  const known = DETAILS.map((detail) => `'${detail}'`).join(", ");
  return new RefusedError(400, `detail: '${name.slice(0, 100)}' is not known; there are ${known}`);
}
