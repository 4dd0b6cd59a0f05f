import { setTimeout as sleep } from "node:timers/promises";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { request } from "undici";
import type { Progress } from "../../client/answers.ts";
import type { ApiClient } from "../../client/api-client.ts";
import { resultShardCount } from "../../domain/plan/task.ts";
import { isTerminal } from "../../domain/request/lifecycle.ts";
import type { LocalPrewarm } from "../local/local-prewarm.ts";
import { readResults } from "../local/results.ts";
import type { Aftermath } from "./invariants.ts";

/** Reads what a request left behind, once all that goes a moment after its end has gone. */
export async function aftermath(
  prewarm: LocalPrewarm,
  api: ApiClient,
  reqId: string,
  planned: ReadonlySet<string>,
): Promise<Aftermath> {
  const settled = async () => ({
    messages: await messagesIn(prewarm, TASKS),
    capacity: prewarm.fleet.size,
    schedules: (await prewarm.clients.scheduler.send(new ListSchedulesCommand({}))).Schedules?.length ?? 0,
  });
  let left = await settled();
  // Messages, instances and timers go a moment after the status says that the request has ended.
  for (let i = 0; i < 60 && left.messages + left.capacity + left.schedules > 0; i++) {
    await sleep(1_000);
    left = await settled();
  }
  const progress: Progress = (await api.progress(reqId)).value;
  const terminal = isTerminal(progress.status);
  return {
    progress,
    results: await readResults(prewarm, reqId, resultShardCount(planned.size)),
    reportRows: terminal ? await reportRows(api, reqId) : Number.NaN,
    planned,
    deadLetters: await messagesIn(prewarm, DEAD_LETTERS),
    ...left,
  };
}

/** Queues by the start of their logical ids: what is to be done, and what nobody could do. */
const TASKS = ["PrewarmTaskQueueTasks", "PrewarmTaskQueueExpress"];
const DEAD_LETTERS = ["PrewarmTaskQueueDeadLetters"];

async function messagesIn({ clients, deployed }: LocalPrewarm, queues: readonly string[]): Promise<number> {
  let messages = 0;
  for (const queue of queues) {
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: deployed.resource(queue, "AWS::SQS::Queue"),
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    messages += Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
  }
  return messages;
}

async function reportRows(api: ApiClient, reqId: string): Promise<number> {
  const summary = (await api.summary(reqId)).value;
  const answer = await request(summary.failure_pop_urls_report);
  return (await answer.body.text()).trim().split("\n").length - 1;
}
