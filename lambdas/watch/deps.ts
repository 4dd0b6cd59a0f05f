import * as z from "zod";
import { AsyncFunction } from "../../aws/async-function.ts";
import { SqsTaskQueue } from "../../aws/task-queue.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import type { Observed } from "../../domain/request/lifecycle.ts";
import type { OnFailure } from "../../domain/request/progress.ts";
import type { RequestItem } from "../../domain/request/request-item.ts";
import { sharedAdapters } from "../adapters.ts";
import { pipelineVariables } from "../runtime.ts";

const environmentSchema = pipelineVariables.extend({
  DEAD_LETTER_QUEUE_URL: z.url(),
  SHUTDOWN_ARN: nameVariable,
  EXPAND_ARN: nameVariable,
});

/** Reads the environment and builds all that the Watch function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(environmentSchema);
  const shared = sharedAdapters("watch", env, env.SHUTDOWN_ARN);
  return {
    ...shared,
    expandFunction: new AsyncFunction(shared.lambda, env.EXPAND_ARN),
    /** The messages of tasks that no agent finished. */
    deadLetters: new SqsTaskQueue(shared.sqs, env.DEAD_LETTER_QUEUE_URL),
  };
}

export type WatchDeps = ReturnType<typeof buildDeps>;

/** What one run has read. */
export interface WatchRun {
  readonly active: readonly RequestItem[];
  /** Without the queue, which {@link requestSettlements} asks. */
  readonly observed: Observed;
  readonly onFailure: OnFailure;
}
