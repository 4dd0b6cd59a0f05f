import * as z from "zod";
import { errorFields } from "../../domain/log-fields.ts";
import { isLostList, LISTS } from "../../domain/plan/lists.ts";
import { isPlanned, planOf, RetryLostError } from "../../domain/plan/retry-plan.ts";
import { beyondCap } from "../../domain/request/caps.ts";
import type { TokenClaim } from "../../domain/request/client-token.ts";
import { STARTED_ANSWER } from "../../domain/request/client-token.ts";
import { dailyProblem, dayOf } from "../../domain/request/daily-use.ts";
import { neededCapacity } from "../../domain/request/lifecycle.ts";
import { variantNames } from "../../domain/request/options.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { retry } from "../../domain/retry.ts";
import { parseTimestamp } from "../../domain/timestamps.ts";
import { ApiError } from "../../domain/validation/api-error.ts";
import type { AdaptedRequest } from "../../domain/validation/apply-settings.ts";
import { type PrewarmRequest, timesFrom } from "../../domain/validation/prewarm-request.ts";
import type { ApiDeps } from "./deps.ts";
import { adaptToSettings } from "./distributions.ts";
import { findRequest } from "./query.ts";

/** A request that was created, and what its caller was told of it. */
type StartedRequest = Pick<AdaptedRequest, "item" | "warnings" | "skippedUrls">;

interface StartOptions {
  /** The request that it tries again; undefined: none. */
  readonly retried: RequestItem | undefined;
  /** In minutes. */
  readonly timeout: number;
  /** Whether the same call may come again, and is told the same. */
  readonly isRepeatable: boolean;
}

/**
 * Creates everything that a request needs, its item last, because the item starts the pipeline. Where an invalidation or sources come
 * first, Task raises the group later. When a step fails, the earlier steps are undone, newest first, and its error is thrown.
 * @throws ApiError 400 when as many requests are active as the deployment allows, or its distributions would serve nothing; 429 beyond a daily limit; 409 when
 * another request tries the same one again, or too many are made at once
 */
export async function startRequest(
  deps: ApiDeps,
  request: PrewarmRequest,
  { retried, timeout, isRepeatable }: StartOptions,
): Promise<StartedRequest> {
  const { req_id: reqId } = request.item;
  await checkActiveLimit(deps);
  const current = await retriedNow(deps, retried);
  const adapted = await adaptToSettings(deps, request, { retried, isStarting: true });
  await checkDailyLimits(deps, adapted);
  // The checks, and another call with the same token, may have taken 20 s.
  const item = { ...adapted.item, ...timesFrom(deps.now(), timeout) };
  const undo: (() => Promise<unknown>)[] = [];
  try {
    undo.push(() => deps.lists.delete(LISTS.urls, reqId));
    await deps.lists.write(LISTS.urls, reqId, adapted.urls);
    const { skippedUrls, warnings } = adapted;
    if (isRepeatable) {
      undo.push(() => deps.lists.delete(STARTED_ANSWER, reqId));
      await deps.lists.writeCheckpoint(STARTED_ANSWER, reqId, {
        warnings: [...warnings],
        skippedUrls: [...skippedUrls],
      });
    }
    undo.push(() => deps.timer.cancel(reqId));
    await deps.timer.set(reqId, parseTimestamp(item.timeout_at), deps.timerTarget);
    const needed = neededCapacity([item]);
    if (needed > 0) {
      const capacity = await deps.fleet.desiredCapacity();
      if (capacity < needed) undo.push(() => deps.fleet.restore(needed, capacity));
      await deps.fleet.raiseTo(needed);
    }
    undo.push(() => deps.requests.delete(reqId));
    const maxActive = deps.caps.maxActiveRequests;
    const outcome = await deps.requests.put(item, maxActive, current);
    if (outcome === "FULL") throw tooManyActive(deps, maxActive + 1);
    if (outcome === "BUSY")
      throw new ApiError(
        409,
        "Too many requests are being created at the same time; send this request again in a moment",
      );
    if (outcome === "RETRIED") throw alreadyRetried((await retriedNow(deps, retried)) ?? current ?? item);
    deps.logger.info("Request created", { req_id: reqId, urls: item.url_count, pops: item.pops.length });
    return { item, warnings, skippedUrls };
  } catch (error) {
    for (const step of undo.reverse()) {
      await step().catch((cause: unknown) =>
        deps.logger.error("Rolling back a rejected request failed", { req_id: reqId, error: errorFields(cause) }),
      );
    }
    throw error;
  }
}

/**
 * The current state of the request that is retried. Only one retry at a time may exist; one whose item is gone does not count.
 * @throws ApiError 409
 */
async function retriedNow({ requests }: ApiDeps, retried?: RequestItem): Promise<RequestItem | undefined> {
  if (retried === undefined) return undefined;
  const current = (await requests.get(retried.req_id)) ?? retried;
  if (current.retried_by !== undefined && (await requests.get(current.retried_by)) !== undefined)
    throw alreadyRetried(current);
  return current;
}

/** Two retries at a time would run the same tasks. */
function alreadyRetried({ req_id: reqId, retried_by: by }: RequestItem): ApiError {
  return new ApiError(
    409,
    `retry_of: the request ${reqId} is already being retried by ${by}; when that one has ended, retry it instead`,
  );
}

/**
 * Refuses most calls before anything is made for them. The index lags behind by moments: putting the item decides.
 * @returns how many would be active with one more
 * @throws ApiError 400
 */
export async function checkActiveLimit(deps: ApiDeps): Promise<number> {
  const wouldBe = (await deps.requests.listActive()).length + 1;
  if (wouldBe > deps.caps.maxActiveRequests) throw tooManyActive(deps, wouldBe);
  return wouldBe;
}

/**
 * Rejects a request that certainly exceeds a daily limit. Sizes are unknown here, so it counts one byte, and URLs × variants × POPs tasks (scope
 * `regional`: one POP). Task counts the exact use later, and ends the request as FAILED if the day has no room.
 * @returns what the other requests of the day count
 * @throws ApiError 429
 */
export async function checkDailyLimits(deps: ApiDeps, { item, urls }: Pick<AdaptedRequest, "item" | "urls">) {
  const day = dayOf(deps.now());
  const used = await deps.requests.dailyUse(day);
  const pops = item.scope === "regional" ? 1 : item.pops.length;
  const tasks = urls.length * variantNames(item.variants).length * pops;
  const least = { total_count: Math.max(1, tasks), transferred_bytes: 1 };
  const problem = dailyProblem(day, used, least, deps.caps);
  if (problem !== undefined) throw new ApiError(429, problem);
  return { day, used };
}

function tooManyActive({ caps }: ApiDeps, wouldBe: number): ApiError {
  return new ApiError(400, beyondCap(caps, "maxActiveRequests", "with this request", wouldBe) ?? "");
}

/** Another call may be creating the request: it is asked for again for about ten seconds. */
const UNTIL_CREATED = {
  attempts: 40,
  firstMs: 250,
  longestMs: 250,
  retryOnResult: (item?: RequestItem) => item === undefined,
};
/** No call takes longer than API Gateway waits, so a request without an item after this time is never created. */
const GIVEN_UP_MS = 60_000;

/**
 * Creates a request, or finds the one that was created with the same token and body, also by a concurrent call.
 * @param make makes it under the id of the claim, and keeps what its caller was told
 * @throws ApiError 409 when the token stands for another body, or for a request that is still being made
 */
export async function onceForToken(
  deps: ApiDeps,
  token: string,
  claim: TokenClaim,
  make: () => Promise<StartedRequest>,
): Promise<StartedRequest> {
  const refuse = (why: string) => new ApiError(409, `client_token: ${why}`);
  if (!(await deps.tokens.claim(token, claim))) {
    const other = await deps.tokens.read(token);
    if (other !== undefined && other.digest !== claim.digest)
      throw refuse(`was sent with another body within the last 24 hours, which created the request ${other.req_id}`);
    const item = other && (await retry(() => deps.requests.get(other.req_id), UNTIL_CREATED));
    if (item !== undefined) {
      const told = await deps.lists.readCheckpoint(STARTED_ANSWER, item.req_id);
      return { item, warnings: told?.warnings ?? [], skippedUrls: told?.skippedUrls ?? [] };
    }
    // The call that had claimed it ended before it created the request.
    const isFree = other === undefined || claim.at - other.at >= GIVEN_UP_MS;
    const what = other === undefined ? "a request" : `the request ${other.req_id}`;
    if (!isFree || !(await deps.tokens.claim(token, claim, other)))
      throw refuse(`another call is creating ${what} with this token; send this request again in a moment`);
  }
  try {
    return await make();
  } catch (error) {
    await deps.tokens
      .release(token, claim.req_id)
      .catch((cause: unknown) => deps.logger.error("Releasing a client token failed", { error: errorFields(cause) }));
    throw error;
  }
}

const namedSchema = z.object({ retry_of: z.string() });

/**
 * The request that a body names as `retry_of`, if it has tasks to retry. Undefined: the body names none.
 * @param json the body, which may have faults
 * @throws ApiError 404 unknown; 409 it has not ended, all of its tasks are good, or its lists are gone
 */
export async function retriedRequest(deps: ApiDeps, json: unknown): Promise<RequestItem | undefined> {
  const named = namedSchema.safeParse(json).data?.retry_of;
  if (named === undefined) return undefined;
  const item = await findRequest(deps, named, "retry_of");
  const refuse = (why: string) => new ApiError(409, `retry_of: the request ${item.req_id} is ${item.status}${why}`);
  if (item.active !== undefined) throw refuse("; it can be retried after it has ended");
  if (item.report === undefined) throw refuse("; its report is still being written; retry in a moment");
  await checkLists(deps, item);
  if (isGood(item)) throw refuse(", and it has no tasks to retry");
  return item;
}

/** The lists name the tasks that are not good. Reads the first entry of each. */
async function checkLists(deps: ApiDeps, item: RequestItem): Promise<void> {
  try {
    const plan = await planOf(deps, item);
    const needed = isPlanned(plan) ? [LISTS.goodUrls, LISTS.report] : [LISTS.urls];
    for (const list of needed) for await (const _ of deps.lists.read<unknown>(list, plan.req_id)) break;
  } catch (error) {
    const lost = isLostList(error) ? new RetryLostError(item.req_id, "its lists are gone", error) : error;
    if (lost instanceof RetryLostError) throw new ApiError(409, lost.message);
    throw lost;
  }
}

/** Whether every URL could be read, every POP resolved, and every task is good. */
function isGood({ total_count: total, download_count: done, readiness }: RequestItem): boolean {
  return total > 0 && done >= total && readiness?.exceptions === 0;
}
