import newman from "newman";
import { ROOT } from "../local/paths.ts";

const FOLDER = `${ROOT}docs/postman/`;

/** What came of a run of the collection. */
export interface CollectionRun {
  /** Names of the calls, in the order in which they were made; one that was made again stands there again. */
  readonly calls: readonly string[];
  /** Tests that were made. */
  readonly assertions: number;
  /** What failed: the call, and what was wrong. */
  readonly failures: readonly string[];
}

/** Runs the collection of docs/postman/ by newman. @param values of the environment, by their keys */
export async function runCollection(values: Readonly<Record<string, string>>): Promise<CollectionRun> {
  const summary = await new Promise<newman.NewmanRunSummary>((resolve, reject) => {
    newman.run(
      {
        collection: `${FOLDER}prewarm.postman_collection.json`,
        environment: `${FOLDER}prewarm.postman_environment.json`,
        envVar: Object.entries(values).map(([key, value]) => ({ key, value })),
        reporters: [],
      },
      (error, summary) => (error === null ? resolve(summary) : reject(error)),
    );
  });
  return {
    calls: summary.run.executions.map(({ item }) => item.name),
    assertions: summary.run.stats.assertions.total ?? 0,
    failures: summary.run.failures.map(
      ({ source, error }) => `${source?.name ?? ""}: ${error.test ?? ""}: ${error.message}`,
    ),
  };
}
