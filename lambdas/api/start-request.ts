import { setTimeout as sleep } from "node:timers/promises";
import { errorFields } from "../../domain/log-fields.ts";
import { urlPrefix } from "../../domain/net/urls.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { beyondCap } from "../../domain/request/caps.ts";
import type { TokenClaim } from "../../domain/request/client-token.ts";
import { neededCapacity } from "../../domain/request/lifecycle.ts";
import { ACTIVE, LISTED, NOTHING_YET, type RequestItem } from "../../domain/request/request-item.ts";
import { notYetRead } from "../../domain/request/source.ts";
import { expiresAt, formatTimestamp, parseTimestamp } from "../../domain/timestamps.ts";
import { ApiError } from "../../domain/validation/api-error.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import type { ApiDeps } from "./deps.ts";

/** The item of a request that was just asked for. */
export function newRequestItem(reqId: string, request: PrewarmRequest, now: Date): RequestItem {
  const { urls, sources, retried, variants, header } = request;
  return {
    req_id: reqId,
    status: "CREATED",
    active: ACTIVE,
    listed: LISTED,
    created_at: formatTimestamp(now),
    last_update_time: formatTimestamp(now),
    timeout_at: formatTimestamp(new Date(now.getTime() + request.timeoutMinutes * 60_000)),
    expire_at: expiresAt(now),
    // Of a retry, Get Size finds how many are left.
    url_count: retried?.url_count ?? urls.length,
    url_prefix: retried?.url_prefix ?? urlPrefix(urls),
    retry_of: retried?.req_id,
    cf_domain: request.cfDomain,
    pops: [...request.pops],
    header: [...header],
    header_count: header.length,
    variant_names: variants.map(({ name }) => name),
    instance_count: request.instanceCount,
    instances_asked: request.instanceCount,
    need_invalidate: request.needInvalidate,
    verify: request.verify,
    order: request.order,
    variants: variants.length === 0 ? undefined : [...variants],
    origin: request.origin,
    sources: sources.length === 0 ? undefined : [...sources],
    sources_read: sources.length === 0 ? undefined : sources.map(notYetRead),
    max_failures: request.maxFailures,
    max_bytes: request.maxBytes,
    ...NOTHING_YET,
  };
}

/**
 * Makes all that a request needs, its item last: the item starts the pipeline, so everything stands before anything
 * runs. Where an invalidation or sources come first, Task raises the group later. When a step fails, what was made is undone, newest first, and the step's error is thrown.
 * @throws ApiError 400 when as many requests are active as the deployment allows; 409 when another request tries the same
 * one again, or too many are made at once
 */
export async function startRequest(deps: ApiDeps, reqId: string, request: PrewarmRequest): Promise<RequestItem> {
  const item = newRequestItem(reqId, request, deps.now());
  await checkRoom(deps);
  const before = await retriedNow(deps, request);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    undo.push(() => deps.lists.delete(LISTS.urls, reqId));
    await deps.lists.write(LISTS.urls, reqId, request.urls);
    undo.push(() => deps.timer.cancel(reqId));
    await deps.timer.set(reqId, parseTimestamp(item.timeout_at), deps.timerTarget);
    const needed = neededCapacity([item]);
    if (needed > 0) {
      const capacity = await deps.fleet.desiredCapacity();
      if (capacity < needed) undo.push(() => deps.fleet.restore(needed, capacity));
      await deps.fleet.raiseTo(needed);
    }
    undo.push(() => deps.requests.delete(reqId));
    const most = deps.caps.maxActiveRequests;
    const put = before === undefined ? deps.requests.put(item, most) : deps.requests.putRetry(item, before, most);
    const outcome = await put;
    if (outcome === "FULL") throw tooManyActive(deps, most + 1);
    if (outcome === "BUSY")
      throw new ApiError(409, "Too many requests are being made at the same time; send this one again in a moment");
    if (outcome === "RETRIED") throw alreadyRetried((await retriedNow(deps, request)) ?? before ?? item);
    return item;
  } catch (error) {
    for (const step of undo.reverse()) {
      await step().catch((cause: unknown) =>
        deps.logger.error("Undoing a refused request failed", { req_id: reqId, error: errorFields(cause) }),
      );
    }
    throw error;
  }
}

/**
 * The request that is tried again, as it is now: nobody else may try it again. A request that would and is gone by now does not count.
 * @throws ApiError 409
 */
async function retriedNow({ requests }: ApiDeps, { retried }: PrewarmRequest): Promise<RequestItem | undefined> {
  if (retried === undefined) return undefined;
  const before = (await requests.get(retried.req_id)) ?? retried;
  if (before.retried_by !== undefined && (await requests.get(before.retried_by)) !== undefined)
    throw alreadyRetried(before);
  return before;
}

/** One retry at a time: both would do the same tasks. */
function alreadyRetried({ req_id: reqId, retried_by: by }: RequestItem): ApiError {
  return new ApiError(
    409,
    `retry_of: the request ${reqId} is already being retried by ${by}; what is not good in that one can be tried again in turn`,
  );
}

/**
 * Refuses most calls before anything is made for them. The index lags behind by moments: putting the item decides.
 * @returns how many would be active with one more
 * @throws ApiError 400
 */
export async function checkRoom(deps: ApiDeps): Promise<number> {
  const wouldBe = (await deps.requests.listActive()).length + 1;
  if (wouldBe > deps.caps.maxActiveRequests) throw tooManyActive(deps, wouldBe);
  return wouldBe;
}

function tooManyActive({ caps }: ApiDeps, wouldBe: number): ApiError {
  return new ApiError(400, beyondCap(caps, "maxActiveRequests", "with this one there would be", wouldBe) ?? "");
}

const WAIT_MS = 10_000;
const POLL_MS = 250;
/** No call takes longer than API Gateway waits. A request that is not there by then is not made any more. */
const GIVEN_UP_MS = 60_000;

/**
 * Makes a request, or finds the one that was made with the same token and body: also when both calls come at once.
 * @param make makes it under the id of the claim
 * @throws ApiError 409 when the token stands for another body, or for a request that is still being made
 */
export async function onceForToken(
  deps: ApiDeps,
  token: string,
  claim: TokenClaim,
  make: () => Promise<RequestItem>,
): Promise<RequestItem> {
  if (!(await deps.tokens.claim(token, claim))) {
    const other = await deps.tokens.read(token);
    const stillMade = new ApiError(
      409,
      `client_token: another call is making ${other === undefined ? "a request" : `the request ${other.req_id}`} with it; send this again ` +
        "in a moment",
    );
    if (other !== undefined) {
      if (other.digest !== claim.digest)
        throw new ApiError(
          409,
          `client_token: was sent with another body within the last 24 hours; that made the request ${other.req_id}`,
        );
      const item = await made(deps, other);
      if (item !== undefined) return item;
      if (claim.at - other.at < GIVEN_UP_MS) throw stillMade;
    }
    // Whoever had it has died before the request stood.
    if (!(await deps.tokens.claim(token, claim, other))) throw stillMade;
  }
  try {
    return await make();
  } catch (error) {
    await deps.tokens
      .release(token, claim.req_id)
      .catch((cause: unknown) => deps.logger.error("A client token stays taken", { error: errorFields(cause) }));
    throw error;
  }
}

/** The request of a claim: another call may be making it right now. */
async function made({ requests }: ApiDeps, { req_id }: TokenClaim): Promise<RequestItem | undefined> {
  for (let waited = 0; ; waited += POLL_MS) {
    const item = await requests.get(req_id);
    if (item !== undefined || waited >= WAIT_MS) return item;
    await sleep(POLL_MS);
  }
}
