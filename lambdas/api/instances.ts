import type { AnswerOf } from "../../domain/api/answers.ts";
import { beyondCap } from "../../domain/request/caps.ts";
import {
  ACTIVE_STATES,
  type InstanceNeed,
  isTerminal,
  neededCapacity,
  type Status,
} from "../../domain/request/lifecycle.ts";
import { isPossibleId } from "../../domain/request/request-item.ts";
import { formatTimestamp } from "../../domain/timestamps.ts";
import { ApiError } from "../../domain/validation/api-error.ts";
import type { InstancesBody } from "../../domain/validation/bodies.ts";
import type { ApiDeps } from "./deps.ts";
import { unknownRequest } from "./query.ts";

export async function readInstances({ fleet, now }: ApiDeps): Promise<AnswerOf<"GET /instances">> {
  const desiredcapacity = await fleet.desiredCapacity();
  return { status: "success", timestamp: formatTimestamp(now()), message: "query success", desiredcapacity };
}

/**
 * Sets the group's desired capacity, and the instance count of every active request; stops a request on `force_stop`. With 0 instances,
 * active requests are paused. A call that failed may be repeated.
 */
export async function changeInstances(deps: ApiDeps, body: InstancesBody): Promise<AnswerOf<"POST /instances">> {
  const { req_id: reqId, force_stop: stops = false, DesiredCapacity: asked } = body;
  // Before anything is stopped.
  const problem = beyondCap(deps.caps, "maxInstances", "DesiredCapacity", asked);
  if (problem !== undefined) throw new ApiError(400, problem);
  const ended = reqId === undefined ? undefined : await stopOrCheck(deps, reqId, stops);
  const { capacity, changed, remarks } = decideResize(await deps.requests.readActive(), asked, stops);
  for (const { req_id, instance_count } of changed)
    await deps.requests.updateAndTouch(req_id, ACTIVE_STATES, { instance_count });
  await deps.fleet.setDesiredCapacity(capacity);
  const message = [`Auto Scaling Group ${deps.fleet.groupName} updated to Desired Capacity: ${capacity}`, ...remarks];
  // More instances do nothing for a request that has ended. They terminate by themselves, so they cost little.
  if (ended !== undefined)
    message.push(
      stops
        ? `the request was ${ended} already`
        : `the request is ${ended} and does not use them; idle instances terminate by themselves`,
    );
  return { status: "success", timestamp: formatTimestamp(deps.now()), message: message.join("; ") };
}

/** @returns the status of a request that had ended before */
async function stopOrCheck({ requests, logger }: ApiDeps, reqId: string, stops: boolean): Promise<Status | undefined> {
  if (!isPossibleId(reqId)) throw unknownRequest(reqId);
  const item = await requests.get(reqId);
  // One that cannot be read can be stopped all the same.
  if (stops && (await requests.end(reqId, "STOP"))) {
    logger.info("Request stopped", { req_id: reqId });
    return undefined;
  }
  if (item === undefined) throw unknownRequest(reqId);
  if (!stops) return isTerminal(item.status) ? item.status : undefined;
  const now = await requests.get(reqId);
  if (now?.status !== "STOPPED")
    throw new ApiError(409, `req_id: the request is ${now?.status ?? "gone"} already and cannot be stopped`);
  // Active a moment ago, and STOPPED now: by this very call, whose first answer was lost, or by another at the same time. Else stopped
  // by an earlier call, which may have failed before the group had its size.
  return item.active === undefined ? "STOPPED" : undefined;
}

type Active = InstanceNeed & { readonly req_id: string };

/**
 * What a POST /instances does to the group and to the requests that go on. The size becomes the instance count of every active request, so
 * that it stays when one of them ends and the group follows the largest count that is left. With `force_stop`, no other request's
 * count is lowered.
 * @param active the requests that continue
 * @param asked the requested size
 * @param stops whether the call stops a request
 * @returns the new size of the group, the requests whose count changes, and the remarks for the answer
 */
export function decideResize(active: readonly Active[], asked: number, stops: boolean) {
  const after = active.map((item) => ({
    ...item,
    instance_count: stops ? Math.max(item.instance_count, asked) : asked,
  }));
  const capacity = stops ? Math.max(asked, neededCapacity(after)) : asked;
  const remark = (what: string, items: readonly Active[], holds: (instances: number) => boolean) => {
    const ids = items.filter(({ instance_count }) => holds(instance_count)).map(({ req_id }) => req_id);
    return ids.length === 0 ? [] : [`${what}: ${ids.join(", ")}`];
  };
  return {
    capacity,
    changed: after.filter(({ instance_count }, i) => instance_count !== active[i]?.instance_count),
    remarks: [
      ...remark(
        `kept above the requested ${asked}, because other active requests need more instances`,
        after,
        (instances) => capacity > asked && instances > asked,
      ),
      // Also those that were paused before: the answer to that call may have been lost.
      ...remark("paused until the number of instances is raised", after, (instances) => asked === 0 && instances === 0),
      ...remark("resumed", active, (instances) => asked > 0 && instances === 0),
    ],
  };
}
