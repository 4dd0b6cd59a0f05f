// Resets a deployed stack after each test, so that no test sees what another did.
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { isTerminal, statusSchema } from "../../domain/request/lifecycle.ts";
import type { Stack } from "./stack.ts";

const TIMERS_TIMEOUT_MS = 60_000;
const requestSchema = z.object({ req_id: z.string(), status: statusSchema });

/**
 * Resets a stack: no fault, no Spot notice, no active request, no instance, no timer, no message. Instances and timers have to
 * go by themselves once no request is active. Agents that were told to stop may still run: a receive call takes up to five
 * seconds, and what it receives is returned to the queue. A test that must have none calls `untilAgents(0)` first.
 * @throws Error when instances or timers remain, after it has removed them
 */
export async function resetStack(stack: Stack) {
  stack.setFaults(undefined);
  stack.metadata.spotAction = undefined;
  // A test that passes has none left.
  for (const req_id of await activeRequests(stack)) {
    await stack.post("instances", { DesiredCapacity: 0, req_id, force_stop: true });
  }
  try {
    await stack.untilInstances(0);
    await untilNoTimers(stack);
  } catch (error) {
    await stack.post("instances", { DesiredCapacity: 0 });
    await deleteTimers(stack);
    await stack.untilAgents(0);
    throw error;
  } finally {
    await purge(stack);
  }
}

async function activeRequests({ prewarm: { clients, deployed } }: Stack) {
  const { Items = [] } = await clients.db.send(
    new ScanCommand({ TableName: deployed.resource("PrewarmStorageRequest", "AWS::DynamoDB::Table") }),
  );
  // Some items are no requests: the permits to be active, and what the requests of a day use.
  return Items.filter((item) => "status" in item)
    .map((item) => requestSchema.parse(item))
    .filter(({ status }) => !isTerminal(status))
    .map(({ req_id }) => req_id);
}

async function untilNoTimers(stack: Stack) {
  const deadline = Date.now() + TIMERS_TIMEOUT_MS;
  for (let left = await timers(stack); left.length > 0; left = await timers(stack)) {
    if (Date.now() > deadline) throw new Error(`timers of requests that have ended: ${left.join(", ")}`);
    await sleep(200);
  }
}

async function deleteTimers(stack: Stack) {
  const GroupName = timerGroup(stack);
  for (const Name of await timers(stack)) {
    await stack.prewarm.clients.scheduler.send(new DeleteScheduleCommand({ Name, GroupName }));
  }
}

/** Names of the stack's timers, each that of its request. */
async function timers(stack: Stack) {
  const command = new ListSchedulesCommand({ GroupName: timerGroup(stack) });
  const { Schedules = [] } = await stack.prewarm.clients.scheduler.send(command);
  return Schedules.map(({ Name = "" }) => Name);
}

function timerGroup({ prewarm: { deployed } }: Stack) {
  return deployed.resource("PrewarmPipelineTimers", "AWS::Scheduler::ScheduleGroup");
}

/** A request that was stopped leaves messages, which an agent would drop; tests may leave dead letters. */
async function purge({ prewarm: { clients, deployed } }: Stack) {
  for (const queue of ["PrewarmTaskQueueTasks", "PrewarmTaskQueueExpress", "PrewarmTaskQueueDeadLetters"]) {
    await clients.sqs.send(new PurgeQueueCommand({ QueueUrl: deployed.resource(queue, "AWS::SQS::Queue") }));
  }
}
