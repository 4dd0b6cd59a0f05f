import type { Logger } from "@aws-lambda-powertools/logger";
import type { Fleet } from "../../aws/fleet.ts";
import type { Lists } from "../../aws/lists.ts";
import type { RequestTable } from "../../aws/request-table.ts";
import type { Timer, TimerTarget } from "../../aws/timer.ts";
import { commonPrefix } from "../../domain/net/common-prefix.ts";
import { neededCapacity } from "../../domain/request/capacity.ts";
import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import { LISTS } from "../../domain/request/lists.ts";
import { ACTIVE, LISTED, NOTHING_YET, type RequestItem } from "../../domain/request/request-item.ts";
import { expiresAt, formatTimestamp, parseTimestamp } from "../../domain/request/timestamps.ts";
import { errorFields } from "../../domain/telemetry/log-fields.ts";
import type { PrewarmRequest } from "./prewarm-request.ts";
import { RefusedError } from "./refused-error.ts";

/** What tells how many requests are active. */
export interface RoomDeps {
  readonly requests: Pick<RequestTable, "listActive">;
  readonly caps: Pick<Caps, "maxActiveRequests">;
}

export interface StartRequestDeps extends RoomDeps {
  readonly requests: RoomDeps["requests"] & Pick<RequestTable, "put" | "delete">;
  readonly lists: Pick<Lists, "write" | "delete">;
  readonly fleet: Pick<Fleet, "desiredCapacity" | "raiseTo" | "restore">;
  readonly timer: Pick<Timer, "set" | "cancel">;
  readonly timerTarget: TimerTarget;
  readonly logger: Pick<Logger, "error">;
}

/** A list of requests shows what a request's URLs have in common, as far as a line has room. There may be keys in a query. */
function urlPrefix(urls: readonly string[]): string {
  return commonPrefix(urls, 200).split("?", 1)[0] ?? "";
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
    url_count: request.urls.length,
    url_prefix: urlPrefix(request.urls),
    ...(request.cfDomain === undefined ? {} : { cf_domain: request.cfDomain }),
    pops: [...request.pops],
    header: [...request.header],
    instance_count: request.instanceCount,
    need_invalidate: request.needInvalidate,
    verify: request.verify,
    order: request.order,
    ...(request.variants.length === 0 ? {} : { variants: [...request.variants] }),
    ...(request.origin === undefined ? {} : { origin: request.origin }),
    ...(request.maxFailures === undefined ? {} : { max_failures: request.maxFailures }),
    ...(request.maxBytes === undefined ? {} : { max_bytes: request.maxBytes }),
    ...NOTHING_YET,
  };
}

/**
 * Makes all that a request needs, its item last: the item starts the pipeline, so everything stands before anything
 * runs. Where an invalidation comes first, Task raises the group later. When a step fails, what was made is undone, newest first, and the step's error is thrown.
 * @throws RefusedError 400 when as many requests are active as the deployment allows
 */
export async function startRequest(
  deps: StartRequestDeps,
  reqId: string,
  request: PrewarmRequest,
  now: Date,
): Promise<RequestItem> {
  const item = newRequestItem(reqId, request, now);
  await checkRoom(deps);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    undo.push(() => deps.lists.delete(LISTS.urls, reqId));
    await deps.lists.write(LISTS.urls, reqId, request.urls);
    undo.push(() => deps.timer.cancel(reqId));
    await deps.timer.set(reqId, parseTimestamp(item.timeout_at), deps.timerTarget);
    const needed = neededCapacity([item]);
    if (needed > 0) {
      const before = await deps.fleet.desiredCapacity();
      if (before < needed) undo.push(() => deps.fleet.restore(needed, before));
      await deps.fleet.raiseTo(needed);
    }
    undo.push(() => deps.requests.delete(reqId));
    await deps.requests.put(item);
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
 * The index lags behind by moments, so of several calls in the same moment one too many may come through.
 * @returns how many would be active with one more
 * @throws RefusedError 400
 */
export async function checkRoom({ requests, caps }: RoomDeps): Promise<number> {
  const wouldBe = (await requests.listActive()).length + 1;
  const problem = beyondCap(caps, "maxActiveRequests", "with this one there would be", wouldBe);
  if (problem !== undefined) throw new RefusedError(400, problem);
  return wouldBe;
}
