import * as z from "zod";
import { listedRequestSchema } from "../../domain/api/request-answers.ts";
import { type DescribedRequest, describeRequest } from "../../domain/api/request-view.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { STATUSES, statusSchema } from "../../domain/request/lifecycle.ts";
import { hasFinalCounts, NO_PROGRESS } from "../../domain/request/progress.ts";
import type { ListedRequest, RequestCursor } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { checkBody } from "../../domain/validation/parse-body.ts";
import type { ApiDeps } from "./deps.ts";
import { parameter, type Query } from "./query.ts";

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;
/** Requests of one status may be rare: how many requests a query reads, and how many queries a call makes at most. */
const MAX_READ_PER_QUERY = 2_000;
const MAX_QUERIES = 8;

/** Body of GET /requests: the newest first, each with the fields of GET /prewarm. @throws ApiError 400 */
export async function listRequests(deps: ApiDeps, query: Query) {
  const { requests, end } = await find(deps, checkBody(querySchema, query ?? {}));
  return {
    timestamp: formatTimestamp(deps.now()),
    requests: await Promise.all(
      requests.map(async (request) => listedRequestSchema.parse(await describeNow(deps, request))),
    ),
    next: end === undefined ? null : encode(end),
  };
}

/** One query fills a page, unless only some of the requests are wanted. */
async function find({ requests }: ApiDeps, { limit = DEFAULT_LIMIT, next, status }: z.infer<typeof querySchema>) {
  const found: ListedRequest[] = [];
  let end = next;
  // One more than fits: it tells whether there is a next page.
  const readPerQuery = status === undefined ? limit + 1 : MAX_READ_PER_QUERY;
  for (let queries = 0; queries < MAX_QUERIES; queries++) {
    const page = await requests.page(readPerQuery, end, status);
    found.push(...page.requests);
    end = page.end;
    if (found.length > limit || end === undefined) break;
  }
  if (found.length > limit) end = found[limit - 1];
  return { requests: found.slice(0, limit), end };
}

/**
 * A request as it stands now. The percentage that an answer reports is recorded, so that no later answer reports less. An answer does
 * not fail for it: if the record cannot be written, a later percentage may be lower.
 * @param item from the list or whole
 */
export async function describeNow<T extends DescribedRequest>(deps: ApiDeps, item: T) {
  const { req_id: reqId, uncompressed_count: uncompressed = 0 } = item;
  // Once it is recounted, an ended request's item has its exact counts, and nothing of its examples.
  const progress = hasFinalCounts(item) && uncompressed === 0 ? NO_PROGRESS : await deps.progress.of(reqId);
  const { heartbeatTimeoutMs } = deps.timings;
  const described = describeRequest(item, progress, { now: deps.now(), heartbeatTimeoutMs });
  const { percentage_complete: percentage } = described;
  if (!hasFinalCounts(item) && percentage > (item.max_reported_percentage ?? 0))
    await deps.requests.recordReportedPercentage(reqId, percentage).catch((error: unknown) => {
      deps.logger.warn("Recording percentage_complete failed", {
        req_id: reqId,
        percentage,
        error: errorFields(error),
      });
    });
  return described;
}

/** The cursor of a place in the list. */
function encode({ created_at, req_id }: RequestCursor): string {
  return Buffer.from(JSON.stringify([created_at, req_id])).toString("base64url");
}

function decode(text: string): RequestCursor | undefined {
  try {
    const [created_at, req_id] = writtenSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return { created_at, req_id };
  } catch {
    return undefined;
  }
}

/** DynamoDB refuses keys that are empty or too long. */
const key = z.string().regex(/^[\x20-\x7e]{1,200}$/);
const writtenSchema = z.tuple([key, key]);

const querySchema = z.object({
  limit: parameter(
    (text) => (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_LIMIT ? Number(text) : undefined),
    (text) => `${text} must be a whole number from 1 to ${MAX_LIMIT}`,
  ),
  status: parameter(
    (text) => statusSchema.safeParse(text.toUpperCase()).data,
    (text) => `unknown ${text}; use one of ${STATUSES.join(", ")}`,
  ),
  next: parameter(decode, (text) => `invalid cursor ${text}; pass the next value of the previous page`),
});
