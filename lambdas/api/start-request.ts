import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@aws-lambda-powertools/logger";
import type { ClientTokens } from "../../aws/client-tokens.ts";
import type { Fleet } from "../../aws/fleet.ts";
import type { Lists } from "../../aws/lists.ts";
import type { RequestReader, RequestTable } from "../../aws/request-table.ts";
import type { Timer, TimerTarget } from "../../aws/timer.ts";
import { errorFields } from "../../domain/log-fields.ts";
import { urlPrefix } from "../../domain/net/urls.ts";
import { LISTS } from "../../domain/plan/lists.ts";
import { neededCapacity } from "../../domain/request/capacity.ts";
import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import type { TokenClaim } from "../../domain/request/client-token.ts";
import { ACTIVE, LISTED, NOTHING_YET, type RequestItem } from "../../domain/request/request-item.ts";
import { notYetRead, type Source } from "../../domain/request/source.ts";
import { expiresAt, formatTimestamp, parseTimestamp } from "../../domain/timestamps.ts";
import type { PrewarmRequest } from "../../domain/validation/prewarm-request.ts";
import { RefusedError } from "../../domain/validation/refused-error.ts";
import { triedAgain } from "./retried-request.ts";

/** What tells how many requests are active. */
export interface RoomDeps {
  readonly requests: Pick<RequestTable, "listActive">;
  readonly caps: Pick<Caps, "maxActiveRequests">;
}

export interface StartRequestDeps extends RoomDeps {
  readonly requests: RoomDeps["requests"] & Pick<RequestTable, "get" | "put" | "putRetry" | "delete">;
  readonly lists: Pick<Lists, "write" | "delete">;
  readonly fleet: Pick<Fleet, "desiredCapacity" | "raiseTo" | "restore">;
  readonly timer: Pick<Timer, "set" | "cancel">;
  readonly timerTarget: TimerTarget;
  readonly logger: Pick<Logger, "error">;
}

/** The item of a request that was just asked for. */
export function newRequestItem(reqId: string, request: PrewarmRequest, now: Date): RequestItem {
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
    url_count: request.retried?.url_count ?? request.urls.length,
    url_prefix: request.retried?.url_prefix ?? urlPrefix(request.urls),
    ...(request.retried === undefined ? {} : { retry_of: request.retried.req_id }),
    ...(request.cfDomain === undefined ? {} : { cf_domain: request.cfDomain }),
    pops: [...request.pops],
    header: [...request.header],
    header_count: request.header.length,
    variant_names: request.variants.map(({ name }) => name),
    instance_count: request.instanceCount,
    instances_asked: request.instanceCount,
    need_invalidate: request.needInvalidate,
    verify: request.verify,
    order: request.order,
    ...(request.variants.length === 0 ? {} : { variants: [...request.variants] }),
    ...(request.origin === undefined ? {} : { origin: request.origin }),
    ...sourceFields(request.sources),
    ...(request.maxFailures === undefined ? {} : { max_failures: request.maxFailures }),
    ...(request.maxBytes === undefined ? {} : { max_bytes: request.maxBytes }),
    ...NOTHING_YET,
  };
}

function sourceFields(sources: readonly Source[]): Partial<RequestItem> {
  return sources.length === 0 ? {} : { sources: [...sources], sources_read: sources.map(notYetRead) };
}

/**
 * Makes all that a request needs, its item last: the item starts the pipeline, so everything stands before anything
 * runs. Where an invalidation or sources come first, Task raises the group later. When a step fails, what was made is undone, newest first, and the step's error is thrown.
 * @throws RefusedError 400 when as many requests are active as the deployment allows; 409 when another request tries the same
 * one again, or too many are made at once
 */
export async function startRequest(
  deps: StartRequestDeps,
  reqId: string,
  request: PrewarmRequest,
  now: Date,
): Promise<RequestItem> {
  const item = newRequestItem(reqId, request, now);
  await checkRoom(deps);
  const before = await inTurn(deps, request);
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
    if (outcome === "FULL") throw new RefusedError(400, tooMany(deps, most + 1) ?? "Too many requests are active");
    if (outcome === "BUSY")
      throw new RefusedError(409, "Too many requests are being made at the same time; send this one again in a moment");
    if (outcome === "RETRIED") throw triedAgain((await inTurn(deps, request)) ?? before ?? item);
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
 * @throws RefusedError 409
 */
async function inTurn({ requests }: StartRequestDeps, { retried }: PrewarmRequest): Promise<RequestItem | undefined> {
  if (retried === undefined) return undefined;
  const before = (await requests.get(retried.req_id)) ?? retried;
  if (before.retried_by !== undefined && (await requests.get(before.retried_by)) !== undefined)
    throw triedAgain(before);
  return before;
}

/**
 * Refuses most calls before anything is made for them. The index lags behind by moments: putting the item decides.
 * @returns how many would be active with one more
 * @throws RefusedError 400
 */
export async function checkRoom({ requests, caps }: RoomDeps): Promise<number> {
  const wouldBe = (await requests.listActive()).length + 1;
  const problem = tooMany({ caps }, wouldBe);
  if (problem !== undefined) throw new RefusedError(400, problem);
  return wouldBe;
}

function tooMany({ caps }: Pick<RoomDeps, "caps">, wouldBe: number): string | undefined {
  return beyondCap(caps, "maxActiveRequests", "with this one there would be", wouldBe);
}

const WAIT_MS = 10_000;
const POLL_MS = 250;
/** No call takes longer than API Gateway waits. A request that is not there by then is not made any more. */
const GIVEN_UP_MS = 60_000;

export interface OnceForTokenDeps {
  readonly tokens: Pick<ClientTokens, "claim" | "read" | "release">;
  readonly requests: Pick<RequestReader, "get">;
  readonly logger: Pick<Logger, "error">;
  readonly now: () => Date;
}

/** A token, and the digest of the body that it comes with. */
export interface Token {
  readonly token: string;
  readonly digest: string;
}

/**
 * Makes a request, or finds the one that was made with the same token and body: also when both calls come at once.
 * @param make makes it under the id that it gets
 * @param waitMs how long to wait for another call that makes it right now
 * @throws RefusedError 409 when the token stands for another body, or for a request that is still being made
 */
export async function onceForToken(
  deps: OnceForTokenDeps,
  { token, digest }: Token,
  reqId: string,
  make: (reqId: string) => Promise<RequestItem>,
  waitMs = WAIT_MS,
): Promise<RequestItem> {
  const claim: TokenClaim = { req_id: reqId, digest, at: deps.now().getTime() };
  if (!(await deps.tokens.claim(token, claim))) {
    const other = await deps.tokens.read(token);
    if (other !== undefined) {
      if (other.digest !== digest) throw otherBody(other);
      const item = await made(deps, other, waitMs);
      if (item !== undefined) return item;
      if (claim.at - other.at < GIVEN_UP_MS) throw stillMade(other);
    }
    // Whoever had it has died before the request stood.
    if (!(await deps.tokens.claim(token, claim, other))) throw stillMade(other);
  }
  try {
    return await make(reqId);
  } catch (error) {
    await deps.tokens
      .release(token, reqId)
      .catch((cause: unknown) => deps.logger.error("A client token stays taken", { error: errorFields(cause) }));
    throw error;
  }
}

async function made({ requests }: OnceForTokenDeps, { req_id }: TokenClaim, waitMs: number) {
  for (let waited = 0; ; waited += POLL_MS) {
    const item = await requests.get(req_id);
    if (item !== undefined || waited >= waitMs) return item;
    await sleep(POLL_MS);
  }
}

function otherBody({ req_id }: TokenClaim): RefusedError {
  return new RefusedError(
    409,
    `client_token: was sent with another body within the last 24 hours; that made the request ${req_id}`,
  );
}

function stillMade(other: TokenClaim | undefined): RefusedError {
  const which = other === undefined ? "a request" : `the request ${other.req_id}`;
  return new RefusedError(409, `client_token: another call is making ${which} with it; send this again in a moment`);
}
