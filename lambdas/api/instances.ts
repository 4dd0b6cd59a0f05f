import type { Logger } from "@aws-lambda-powertools/logger";
import type { EndingRequestTable } from "../../aws/ending-request-table.ts";
import type { Fleet } from "../../aws/fleet.ts";
import { beyondCap, type Caps } from "../../domain/request/caps.ts";
import { isTerminal, type Status } from "../../domain/request/status.ts";
import { isPossibleId, noRequest } from "./find-request.ts";
import type { InstancesBody } from "./instances-request.ts";
import { RefusedError } from "./refused-error.ts";
import { timestamp } from "./timestamp.ts";

export interface InstancesDeps {
  readonly requests: Pick<EndingRequestTable, "get" | "active" | "end" | "setInstanceCount">;
  readonly fleet: Pick<Fleet, "groupName" | "desiredCapacity" | "setDesiredCapacity">;
  readonly caps: Pick<Caps, "maxInstances">;
  readonly logger: Pick<Logger, "info">;
  readonly now: () => Date;
}

export async function readInstances(deps: InstancesDeps) {
  const desiredcapacity = await deps.fleet.desiredCapacity();
  return { status: "success", timestamp: timestamp(deps), message: "query success", desiredcapacity };
}

/**
 * Sets the group's size, and stops a request if that is asked for. The new size becomes the wish of every request
 * that goes on, so that it holds when one of them ends and the group follows the largest wish that is left.
 */
export async function changeInstances(deps: InstancesDeps, body: InstancesBody) {
  // Before anything is stopped.
  const problem = beyondCap(deps.caps, "maxInstances", "DesiredCapacity", body.DesiredCapacity);
  if (problem !== undefined) throw new RefusedError(400, problem);
  const ended = body.req_id === undefined ? undefined : await stopOrCheck(deps, body.req_id, body.force_stop ?? false);
  for (const item of await deps.requests.active()) {
    await deps.requests.setInstanceCount(item.req_id, body.DesiredCapacity);
  }
  await deps.fleet.setDesiredCapacity(body.DesiredCapacity);
  return {
    status: "success",
    timestamp: timestamp(deps),
    message: `Auto Scaling Group ${deps.fleet.groupName} updated to Desired Capacity: ${body.DesiredCapacity}${remark(ended)}`,
  };
}

/** More instances do nothing for a request that has ended, and whoever asks for them should know that they cost little. */
function remark(ended: Status | undefined): string {
  if (ended === undefined) return "";
  return `; the request is ${ended} and gets nothing of it: instances without work leave by themselves`;
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
  throw new RefusedError(409, `req_id: the request is ${now?.status ?? "gone"} already and cannot be stopped`);
}
