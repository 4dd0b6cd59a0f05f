import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import { type TaskMessage, type TaskUrl, taskMessageSchema } from "../../domain/plan/task-message.ts";
import { failureReason } from "../../domain/result/failure-reasons.ts";
import type { TaskResult } from "../../domain/result/task-result.ts";
import type { MessageQueue } from "../queue/message-queue.ts";
import type { Slots } from "../queue/slots.ts";
import type { ActiveRequests } from "./active-requests.ts";
import { Cancellation } from "./cancellation.ts";
import { NotATaskError } from "./not-a-task.ts";
import type { Results } from "./results.ts";

/** A message is given back for later: what failed, AWS itself or the network, may last, and deliveries are counted. */
const RETRY_SECONDS = 20;

export interface WorkDeps {
  readonly queue: Pick<MessageQueue, "delete" | "hold" | "send" | "bury">;
  readonly results: Pick<Results, "write">;
  readonly requests: Pick<ActiveRequests, "isActive">;
  readonly slots: Pick<Slots, "run">;
  readonly run: (message: TaskMessage, url: TaskUrl, cancellation: Cancellation) => Promise<TaskResult>;
  readonly visibilitySeconds: number;
  readonly logger: Pick<Logger, "debug" | "info" | "warn">;
}

/** The agent is stopping: what has not begun is given back. */
export class StoppingError extends Error {
  override readonly name = "StoppingError";
}

/**
 * Works through one message: every URL downloaded and its result written, only then is the message deleted. Whatever
 * goes wrong, the message is left for another agent, and nothing is lost.
 */
export async function work(deps: WorkDeps, message: Message, stopping: AbortSignal): Promise<void> {
  const receipt = message.ReceiptHandle ?? "";
  const body = message.Body ?? "";
  const parsed = parse(body);
  if ("reason" in parsed) {
    deps.logger.warn({ message_id: message.MessageId, reason: parsed.reason }, "message is not a task");
    await deps.queue.bury(body, parsed.reason);
    await deps.queue.delete(receipt);
    return;
  }
  const left = new Set(parsed.task.urls);
  try {
    await runAll(deps, parsed.task, left, receipt, stopping);
  } catch (error) {
    const rest = JSON.stringify({ ...parsed.task, urls: [...left] });
    if (error instanceof NotATaskError) {
      deps.logger.warn({ message_id: message.MessageId, reason: error.message }, "a part of a message is no task");
      await deps.queue.bury(rest, error.message);
    } else if (error instanceof StoppingError) {
      // As a new message: one that is merely shown again has one delivery less to live, and a fleet that shrinks would pass
      // it from one stopping agent to the next until it is taken for poison. Not for a request that has ended, as when it
      // was stopped and its instances with it: nobody might be left to drop it.
      if (await isWanted(deps, parsed.task.req_id)) await deps.queue.send(rest);
    } else {
      deps.logger.warn({ err: error, req_id: parsed.task.req_id }, "message is given back");
      await deps.queue.hold(receipt, RETRY_SECONDS);
      return;
    }
  }
  await deps.queue.delete(receipt);
}

/** Whether a request goes on, or may. */
async function isWanted({ requests }: Pick<WorkDeps, "requests">, reqId: string): Promise<boolean> {
  return requests.isActive(reqId).catch(() => true);
}

/**
 * Every URL to its end, also when another one fails: a message is not let go while a part of it still runs here. What
 * is done is taken out of `left`.
 */
async function runAll(
  deps: WorkDeps,
  task: TaskMessage,
  left: Set<TaskUrl>,
  receipt: string,
  stopping: AbortSignal,
): Promise<void> {
  const cancellation = new Cancellation();
  const cutIfEnded = () => void isWanted(deps, task.req_id).then((wanted) => wanted || cancellation.cancel());
  const stopHolding = keepHeld(deps, receipt, task.req_id, cutIfEnded);
  const outcomes = await Promise.allSettled(
    task.urls.map((url) =>
      deps.slots.run(() => runOne(deps, task, url, stopping, cancellation).then(() => left.delete(url)), task.pop),
    ),
  );
  // Before the message is given back: an extension that comes after that would hide it from the others.
  stopHolding();
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  if (errors.length > 0) throw errors.toSorted((a, b) => weight(a) - weight(b))[0];
}

/** Of several errors, the one that decides is the first: what may pass goes before what never will. */
function weight(error: unknown): number {
  if (error instanceof NotATaskError) return 2;
  return error instanceof StoppingError ? 1 : 0;
}

async function runOne(
  deps: WorkDeps,
  task: TaskMessage,
  url: TaskUrl,
  stopping: AbortSignal,
  cancellation: Cancellation,
): Promise<void> {
  if (cancellation.cancelled) return;
  if (stopping.aborted) throw new StoppingError();
  if (!(await deps.requests.isActive(task.req_id))) return;
  const result = await deps.run(task, url, cancellation).catch((error: unknown) => {
    throw stopping.aborted ? new StoppingError() : error;
  });
  if (cancellation.cancelled) return;
  // A download that was cut off by the stop says nothing of the POP.
  if (stopping.aborted && !result.ok) throw new StoppingError();
  await deps.results.write(result);
  if (result.ok) return;
  const { error } = result;
  const reason = failureReason(error);
  deps.logger.info({ req_id: task.req_id, pop: task.pop, url: url.url, reason, error }, "task failed");
}

/** Extends a message's visibility before it is over, for as long as it is worked on; and asks whether it still has to be. */
function keepHeld(deps: WorkDeps, receipt: string, reqId: string, cutIfEnded: () => void): () => void {
  const timer = setInterval(
    () => {
      cutIfEnded();
      deps.queue.hold(receipt, deps.visibilitySeconds).catch((error: unknown) => {
        deps.logger.warn({ err: error, req_id: reqId }, "a message could not be held longer");
      });
    },
    (deps.visibilitySeconds * 1000) / 3,
  );
  return () => clearInterval(timer);
}

function parse(body: string): { task: TaskMessage } | { reason: string } {
  try {
    const parsed = taskMessageSchema.safeParse(JSON.parse(body));
    if (parsed.success) return { task: parsed.data };
    return { reason: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ") };
  } catch {
    // The parser would quote the body, and headers are in it.
    return { reason: "not JSON" };
  }
}
