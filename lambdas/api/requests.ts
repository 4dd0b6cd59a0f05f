import * as z from "zod";
import { listedRequestSchema, type Requests } from "../../domain/api/request-answers.ts";
import { describeRequest } from "../../domain/api/request-view.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { STATUSES, statusSchema } from "../../domain/request/lifecycle.ts";
import { isCounted, NO_PROGRESS } from "../../domain/request/progress.ts";
import type { ListedRequest, Place, RequestItem } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { ApiError, faultList, quoted } from "../../domain/validation/api-error.ts";
import type { ApiDeps } from "./deps.ts";
import type { Query } from "./query.ts";

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;
/** Of one status there may be few among many: so many requests are looked at in a query, and so many queries are made. */
const LOOKED_AT = 2_000;
const MAX_QUERIES = 8;

/** Body of GET /requests: the newest first, each as GET /prewarm says it. @throws ApiError 400 */
export async function listRequests(deps: ApiDeps, query: Query): Promise<Requests> {
  const { requests, end } = await find(deps, parseQuery(query));
  return {
    timestamp: formatTimestamp(deps.now()),
    requests: await Promise.all(requests.map((request) => describe(deps, request))),
    next: end === undefined ? null : encode(end),
  };
}

/** One query fills a page, unless only some of the requests are wanted. */
async function find({ requests }: ApiDeps, { limit, after, status }: ReturnType<typeof parseQuery>) {
  const found: ListedRequest[] = [];
  let end = after;
  // One more than fits: it tells whether there is a next page.
  const lookedAt = status === undefined ? limit + 1 : LOOKED_AT;
  for (let queries = 0; queries < MAX_QUERIES; queries++) {
    const page = await requests.page(lookedAt, end, status);
    found.push(...page.requests);
    end = page.end;
    if (found.length > limit || end === undefined) break;
  }
  if (found.length > limit) end = found[limit - 1];
  return { requests: found.slice(0, limit), end };
}

/** The item of a request that was recounted has its exact counts; those of any other are summed. */
async function describe(deps: ApiDeps, request: ListedRequest) {
  const progress = isCounted(request) ? NO_PROGRESS : await deps.progress.of(request.req_id);
  const view = { now: deps.now(), heartbeatTimeoutMs: deps.timings.heartbeatTimeoutMs };
  const described = describeRequest(request, progress, view);
  await recordReportedPercentage(deps, request, described.percentage_complete);
  return listedRequestSchema.parse(described);
}

/**
 * Records the percentage that an answer reports, so that no later answer reports less. An answer does not fail for it: if the record
 * cannot be written, a later percentage may be lower.
 */
export async function recordReportedPercentage(
  { requests, logger }: ApiDeps,
  item: ListedRequest | RequestItem,
  percentage: number,
): Promise<void> {
  if (isCounted(item) || percentage <= (item.max_reported_percentage ?? 0)) return;
  try {
    await requests.recordReportedPercentage(item.req_id, percentage);
  } catch (error) {
    logger.warn("Recording percentage_complete failed", { req_id: item.req_id, percentage, error: errorFields(error) });
  }
}

/** An empty value asks for nothing, as in GET /pops. */
function parseQuery(query: Query) {
  const said = (name: string) => query?.[name]?.trim() ?? "";
  const [limit, status, next] = [said("limit"), said("status"), said("next")] as const;
  const asked = {
    limit: limit === "" ? DEFAULT_LIMIT : Number(limit),
    status: statusSchema.safeParse(status.toUpperCase()).data,
    after: decode(next),
  };
  const problems: string[] = [];
  if (!/^\d*$/.test(limit) || asked.limit < 1 || asked.limit > MAX_LIMIT)
    problems.push(`limit: ${quoted(limit)} must be a whole number from 1 to ${MAX_LIMIT}`);
  if (status !== "" && asked.status === undefined)
    problems.push(`status: unknown ${quoted(status)}; use one of ${STATUSES.join(", ")}`);
  if (next !== "" && asked.after === undefined)
    problems.push(`next: invalid cursor ${quoted(next)}; pass the next value of the previous page`);
  if (problems.length > 0) throw new ApiError(400, faultList(problems));
  return asked;
}

/** A place as it stands in a URL. */
function encode({ created_at, req_id }: Place): string {
  return Buffer.from(JSON.stringify([created_at, req_id])).toString("base64url");
}

function decode(text: string): Place | undefined {
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
