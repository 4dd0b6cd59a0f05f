import type { Logger } from "@aws-lambda-powertools/logger";
import type { Fleet } from "../../aws/fleet.ts";
import type { EndingRequestTable } from "../../aws/request-table.ts";
import type { Instances, InstancesSet } from "../../domain/api/deployment-answers.ts";
import { neededCapacity, type Wish } from "../../domain/request/capacity.ts";
import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import { isTerminal, type Status } from "../../domain/request/lifecycle.ts";
import { isPossibleId, type RequestItem } from "../../domain/request/request-item.ts";
import type { InstancesBody } from "../../domain/validation/bodies.ts";
import { RefusedError } from "../../domain/validation/refused-error.ts";
import { noRequest, timestamp } from "./query.ts";

export interface InstancesDeps {
  readonly requests: Pick<EndingRequestTable, "get" | "active" | "end" | "setInstanceCount">;
  readonly fleet: Pick<Fleet, "groupName" | "desiredCapacity" | "setDesiredCapacity">;
  readonly caps: Pick<Caps, "maxInstances">;
  readonly logger: Pick<Logger, "info">;
  readonly now: () => Date;
}

export async function readInstances(deps: InstancesDeps): Promise<Instances> {
  const desiredcapacity = await deps.fleet.desiredCapacity();
  return { status: "success", timestamp: timestamp(deps), message: "query success", desiredcapacity };
}

/**
 * Sets the group's size, and the wishes of the active requests with it; stops a request if that is asked for. None: what runs
 * is paused. A call that failed half way may be repeated.
 */
export async function changeInstances(deps: InstancesDeps, body: InstancesBody): Promise<InstancesSet> {
  const { req_id: reqId, force_stop: stops = false, DesiredCapacity: asked } = body;
  // Before anything is stopped.
  const problem = beyondCap(deps.caps, "maxInstances", "DesiredCapacity", asked);
  if (problem !== undefined) throw new RefusedError(400, problem);
  const ended = reqId === undefined ? undefined : await stopOrCheck(deps, reqId, stops);
  const resize = decideResize(await deps.requests.active(), asked, stops);
  for (const [id, wish] of resize.wishes) await deps.requests.setInstanceCount(id, wish);
  await deps.fleet.setDesiredCapacity(resize.capacity);
  const remarks = [...remarksOn(resize, asked), ...(ended === undefined ? [] : [remarkOn(ended, stops)])];
  const done = `Auto Scaling Group ${deps.fleet.groupName} updated to Desired Capacity: ${resize.capacity}`;
  return { status: "success", timestamp: timestamp(deps), message: [done, ...remarks].join("; ") };
}

function remarksOn({ capacity, paused, resumed, kept }: Resize, asked: number): string[] {
  return [
    ...(capacity > asked ? [`not ${asked}, because requests that go on need more: ${kept.join(", ")}`] : []),
    ...(paused.length > 0 ? [`paused until there are instances again: ${paused.join(", ")}`] : []),
    ...(resumed.length > 0 ? [`resumed: ${resumed.join(", ")}`] : []),
  ];
}

/** More instances do nothing for a request that has ended, and whoever asks for them should know that they cost little. */
function remarkOn(ended: Status, stops: boolean): string {
  if (stops) return `the request was ${ended} already`;
  return `the request is ${ended} and gets nothing of it: instances without work leave by themselves`;
}

/** @returns the status of a request that had ended before */
async function stopOrCheck(deps: InstancesDeps, reqId: string, stop: boolean): Promise<Status | undefined> {
  const item = isPossibleId(reqId) ? await deps.requests.get(reqId) : undefined;
  if (item === undefined) {
    // One that cannot be read can be stopped all the same.
    if (stop && isPossibleId(reqId) && (await deps.requests.end(reqId, "STOPPED"))) return undefined;
    throw noRequest(reqId);
  }
  if (!stop) return isTerminal(item.status) ? item.status : undefined;
  if (await deps.requests.end(reqId, "STOPPED")) {
    deps.logger.info("Request stopped", { req_id: reqId });
    return undefined;
  }
  const now = await deps.requests.get(reqId);
  // Active a moment ago, and STOPPED now: by this very call, whose first answer was lost, or by another at the same time.
  if (item.active !== undefined && now?.status === "STOPPED") return undefined;
  // Stopped by an earlier call, which may have failed before the group had its size.
  if (now?.status === "STOPPED") return "STOPPED";
  throw new RefusedError(409, `req_id: the request is ${now?.status ?? "gone"} already and cannot be stopped`);
}

type Active = Wish & Pick<RequestItem, "req_id">;

/** What a POST /instances does to the group and to the requests that go on. */
export interface Resize {
  /** The group's new size. */
  readonly capacity: number;
  /** The new wish of each request whose wish changes. */
  readonly wishes: ReadonlyMap<string, number>;
  /** Ids of the requests that have no instances from now on. */
  readonly paused: readonly string[];
  /** Ids of those that had none until now. */
  readonly resumed: readonly string[];
  /** Ids of those that need more instances than were asked for, and keep them. */
  readonly kept: readonly string[];
}

/**
 * The size becomes the wish of every active request, so that it holds when one of them ends and the group follows the largest
 * wish that is left. Where a request is stopped with it, no other one's wish is lowered: that one goes on as if alone.
 * @param active the requests that go on
 * @param asked the size that was asked for
 * @param stops whether a request is stopped with it
 */
export function decideResize(active: readonly Active[], asked: number, stops: boolean): Resize {
  const wish = ({ instance_count }: Active) => (stops ? Math.max(instance_count, asked) : asked);
  const after = active.map((item) => ({ ...item, instance_count: wish(item) }));
  const changed = after.filter(({ instance_count }, i) => instance_count !== active[i]?.instance_count);
  return {
    capacity: stops ? Math.max(asked, neededCapacity(after)) : asked,
    wishes: new Map(changed.map(({ req_id, instance_count }) => [req_id, instance_count])),
    // Also those that were paused before: the answer to that call may have been lost.
    paused: asked === 0 ? ids(after.filter(({ instance_count }) => instance_count === 0)) : [],
    resumed: ids(active.filter(({ instance_count }) => instance_count === 0 && asked > 0)),
    kept: ids(after.filter(({ instance_count }) => instance_count > asked)),
  };
}

function ids(items: readonly Active[]): string[] {
  return items.map(({ req_id }) => req_id);
}
