import type { RequestReader } from "../../aws/request-table.ts";
import { isPossibleId, type RequestItem } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { RefusedError } from "../../domain/validation/refused-error.ts";

/** A query string, as API Gateway has it. */
export type Query = Readonly<Record<string, string | undefined>> | null;

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

/** The request with an id. @param field which has the id. @throws RefusedError 404 when there is none */
export async function findRequest(
  requests: Pick<RequestReader, "get">,
  reqId: string,
  field?: string,
): Promise<RequestItem> {
  const item = isPossibleId(reqId) ? await requests.get(reqId) : undefined;
  if (item === undefined) throw noRequest(reqId, field);
  return item;
}

/** What is answered where there is none, or one that cannot be read. */
export function noRequest(reqId: string, field = "req_id"): RefusedError {
  return new RefusedError(404, `${field}: there is no request '${reqId.slice(0, 100)}'`);
}

/** The time of an answer. */
export function timestamp({ now }: { readonly now: () => Date }): string {
  return formatTimestamp(now());
}
