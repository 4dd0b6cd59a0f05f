import type { HttpResult } from "../../../agent/fetch/http/http-client.ts";
import type { Attempt } from "../../../agent/fetch/to-result.ts";

/** A first attempt that was good. @param different what is otherwise */
export function attemptOf(answer: HttpResult, different: Partial<Attempt> = {}): Attempt {
  return { count: 1, addressIndex: 0, answer, verdict: { kind: "GOOD" }, startedAt: 0, endedAt: 9, ...different };
}
