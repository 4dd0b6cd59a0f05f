import { nameVariable, readEnvironment } from "../../domain/environment.ts";
import { pipelineVariables, tablesAndQueues } from "../runtime.ts";

/** Reads the environment and builds all that the Aggregation function works with. @throws if a variable is missing or invalid */
export function buildDeps() {
  const env = readEnvironment(pipelineVariables.extend({ SHUTDOWN_ARN: nameVariable }));
  return tablesAndQueues("aggregation", env, env.SHUTDOWN_ARN);
}

export type AggregationDeps = ReturnType<typeof buildDeps>;
