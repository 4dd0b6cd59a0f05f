import * as z from "zod";
import { isPossibleId, type RequestItem } from "../../domain/request/request-item.ts";
import { ApiError, quoted } from "../../domain/validation/api-error.ts";
import type { ApiDeps } from "./deps.ts";

/** A query string, as API Gateway has it. */
export type Query = Readonly<Record<string, string | undefined>> | null;

/**
 * A parameter of a query string. An empty one counts as absent.
 * @param parse undefined: the text is none of what the parameter may be
 * @param problem what is wrong with a text, given in quotes
 */
export function parameter<T>(parse: (text: string) => T | undefined, problem: (text: string) => string) {
  return z
    .string()
    .trim()
    .transform((text, context) => {
      const value = text === "" ? undefined : parse(text);
      if (text !== "" && value === undefined) context.addIssue(problem(quoted(text)));
      return value;
    })
    .optional();
}

/** What `detail` adds to GET /prewarm. */
export const DETAILS = ["pops", "failures", "sent"] as const;
export type Detail = (typeof DETAILS)[number];

/** The value of `detail` in a query string: one, or several with commas. @throws ApiError 400 for any other, with those that there are, and for `sent` with another */
export function detailsOf(text: string | undefined): ReadonlySet<Detail> {
  const names = text?.split(",").map((name) => name.trim()) ?? [];
  const details = names.map((name) => {
    const known = DETAILS.find((detail) => detail === name);
    if (known !== undefined) return known;
    throw new ApiError(400, `Unknown detail ${quoted(name)}; use one of '${DETAILS.join("', '")}'`);
  });
  if (details.includes("sent") && details.some((detail) => detail !== "sent"))
    throw new ApiError(
      400,
      "detail: 'sent' cannot be combined with another detail, because an answer is limited in size; ask for it alone",
    );
  return new Set(details);
}

/** The request with an id. @param field which has the id. @throws ApiError 404 when there is none */
export async function findRequest({ requests }: ApiDeps, reqId: string, field = "req_id"): Promise<RequestItem> {
  const item = isPossibleId(reqId) ? await requests.get(reqId) : undefined;
  if (item === undefined) throw unknownRequest(reqId, field);
  return item;
}

/** The error for a request that does not exist or cannot be read. */
export function unknownRequest(reqId: string, field = "req_id"): ApiError {
  return new ApiError(404, `${field}: there is no request ${quoted(reqId)}`);
}

/**
 * Lambda's answers end at 6 MB, and a body is a string in the JSON of one: what counts is how long a URL is there, with
 * all that is escaped twice.
 */
const MAX_URL_BYTES = 5_000_000;

/** The URLs that a request leaves out, as many as an answer has room for; undefined: none. */
export function skippedUrlsThatFit(urls: readonly string[]): string[] | undefined {
  return urls.length === 0 ? undefined : urls.filter(urlSizeFilter());
}

/** Tells for each URL in turn whether the response has room for it. */
export function urlSizeFilter(): (url: string) => boolean {
  let bytes = 0;
  return (url) => {
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(url)));
    return bytes <= MAX_URL_BYTES;
  };
}
