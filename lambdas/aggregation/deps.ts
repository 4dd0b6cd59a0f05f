import { queueClient } from "../../aws/clients.ts";
import { DeadLetterQueue } from "../../aws/dead-letter-queue.ts";
import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { pipelineVariables, sharedAdapters } from "../runtime.ts";

/** Reads the environment and builds all that the Aggregation function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(pipelineVariables.extend({ SHUTDOWN_ARN: nameVariable }));
  const deadLetters = new DeadLetterQueue(queueClient(), env.FAILED_BATCHES_URL);
  return { ...sharedAdapters("aggregation", env, env.SHUTDOWN_ARN), deadLetters };
}

export type AggregationDeps = ReturnType<typeof buildDeps>;
