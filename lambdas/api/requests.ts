import type { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import type { ProgressReader } from "../../aws/progress-table.ts";
import type { RequestReader, RequestTable } from "../../aws/request-table.ts";
import type { ListedRequestAnswer, Requests } from "../../domain/api/progress-answer.ts";
import { describeProgress } from "../../domain/api/progress-view.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { type Patience, STATUSES, type Status, statusSchema } from "../../domain/request/lifecycle.ts";
import { isCounted, NO_PROGRESS } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { type ListedRequest, type Place, placeSchema } from "../../domain/request/request-item.ts";
import { abbreviate, faultList, RefusedError } from "../../domain/validation/refused-error.ts";
import { type Query, timestamp } from "./query.ts";

export const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;
/** Of one status there may be few among many: so many requests are looked at in a query, and so many queries are made. */
const LOOKED_AT = 2_000;
const MAX_QUERIES = 8;

export interface RequestsDeps extends RecordReportedPercentageDeps {
  readonly requests: Pick<RequestReader, "page"> & RecordReportedPercentageDeps["requests"];
  readonly progress: Pick<ProgressReader, "of">;
  readonly patience: Pick<Patience, "staleMs">;
  readonly now: () => Date;
}

interface Asked {
  readonly limit: number;
  readonly after: Place | undefined;
  readonly status: Status | undefined;
}

/** Body of GET /requests: the newest first, each as GET /prewarm says it. @throws RefusedError 400 */
export async function listRequests(deps: RequestsDeps, query: Query): Promise<Requests> {
  const asked = parseQuery(query);
  const { requests, end } = await find(deps, asked);
  return {
    timestamp: timestamp(deps),
    requests: await Promise.all(requests.map((request) => describe(deps, request))),
    next: end === undefined ? null : encode(end),
  };
}

/** One query fills a page, unless only some of the requests are wanted. */
async function find({ requests }: RequestsDeps, { limit, after, status }: Asked) {
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
  const last = found[limit - 1];
  return found.length > limit && last !== undefined
    ? { requests: found.slice(0, limit), end: placeSchema.parse(last) }
    : { requests: found, end };
}

/** The item of a request that was recounted has its exact counts; those of any other are summed. */
async function describe(deps: RequestsDeps, request: ListedRequest): Promise<ListedRequestAnswer> {
  const progress = isCounted(request) ? NO_PROGRESS : await deps.progress.of(request.req_id);
  const { url_count, url_prefix, instance_count, timeout_at, reason } = request;
  const described = describeProgress(request, progress, deps.now(), deps.patience);
  await recordReportedPercentage(deps, request, described.percentage_complete);
  return {
    ...described,
    url_count,
    url_prefix: url_prefix ?? "",
    instance_count,
    timeout_at,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** An empty value asks for nothing, as in GET /pops. */
function parseQuery(query: Query): Asked {
  const said = (name: string) => query?.[name]?.trim() ?? "";
  const problems: string[] = [];
  const limit = said("limit") === "" ? DEFAULT_LIMIT : Number(said("limit"));
  if (!/^\d*$/.test(said("limit")) || limit < 1 || limit > MAX_LIMIT)
    problems.push(`limit: '${abbreviate(said("limit"))}' must be a whole number from 1 to ${MAX_LIMIT}`);
  const status = statusSchema.safeParse(said("status").toUpperCase()).data;
  if (said("status") !== "" && status === undefined)
    problems.push(`status: '${abbreviate(said("status"))}' is none; there are ${STATUSES.join(", ")}`);
  const after = said("next") === "" ? undefined : decode(said("next"));
  if (said("next") !== "" && after === undefined)
    problems.push(
      `next: '${abbreviate(said("next"))}' is no place in the list; send what the page before said as next`,
    );
  if (problems.length > 0) throw new RefusedError(400, faultList(problems));
  return { limit, after, status };
}

/** A place as it stands in a URL. */
function encode(place: Place): string {
  return Buffer.from(JSON.stringify([place.created_at, place.req_id])).toString("base64url");
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

export interface RecordReportedPercentageDeps {
  readonly requests: Pick<RequestTable, "recordReportedPercentage">;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * Records the percentage that an answer reports, so that no later answer reports less. An answer does not fail for it: if the record
 * cannot be written, a later percentage may be lower.
 */
export async function recordReportedPercentage(
  { requests, logger }: RecordReportedPercentageDeps,
  item: Pick<RequestItem, "req_id" | "active" | "verdict" | "status" | "max_reported_percentage">,
  percentage: number,
): Promise<void> {
  if (isCounted(item) || percentage <= (item.max_reported_percentage ?? 0)) return;
  try {
    await requests.recordReportedPercentage(item.req_id, percentage);
  } catch (error) {
    logger.warn("Recording percentage_complete failed", { req_id: item.req_id, percentage, error: errorFields(error) });
  }
}
