import type { Logger } from "@aws-lambda-powertools/logger";
import type { EndingRequestTable } from "../../aws/ending-request-table.ts";
import type { Fleet } from "../../aws/fleet.ts";
import type { Instances, InstancesSet } from "../../domain/api/instances-answer.ts";
import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import { isPossibleId } from "../../domain/request/request-id.ts";
import { isTerminal, type Status } from "../../domain/request/status.ts";
import { noRequest } from "./find-request.ts";
import type { InstancesBody } from "./instances-request.ts";
import { RefusedError } from "./refused-error.ts";
import { decideResize, type Resize } from "./resize.ts";
import { timestamp } from "./timestamp.ts";

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
