import type { Progress, Summary } from "../client/answers.ts";
import type { Status } from "../domain/request/lifecycle.ts";
import { EXIT } from "./exit-codes.ts";

type Ended = Pick<Progress, "failed_count" | "verdict"> & { readonly status: Status };
type Lacking = Pick<Summary, "failure_pops" | "failure_urls" | "failure_urls_omitted">;

/**
 * What a request that has ended is to a script. What was downloaded and not verified is good: its caller asked for no more, or the
 * server does not let anyone see more.
 * @param lacking what never became a task; undefined: not known
 */
export function exitCodeOf(ended: Ended, lacking: Lacking | undefined): number {
  if (ended.status === "STOPPED" || ended.status === "TIMEOUT") return EXIT.cutShort;
  if (ended.status !== "FINISHED" || ended.failed_count > 0 || ended.verdict === "not_ready") return EXIT.failures;
  const left =
    lacking === undefined
      ? 0
      : lacking.failure_pops.length + lacking.failure_urls.length + lacking.failure_urls_omitted;
  return left > 0 ? EXIT.failures : EXIT.good;
}
