import type { ProgressTable } from "../../../aws/progress-table.ts";
import { type CountedRequest, countedRequest } from "../../../lambdas/aggregation/handler.ts";
import { FakeProgress } from "../fakes/progress.ts";
import type { Public } from "../fakes/public.ts";

/** The Progress table with some calls of a test's own, and requests as one process remembers them. */
export function remembered(calls: Partial<Public<ProgressTable>>) {
  const requests = new Map<string, CountedRequest>();
  const requestOf = (reqId: string) => {
    const item = { total_count: 9, expire_at: 1_800_000_000, max_failures: undefined, pops: [] };
    const request = requests.get(reqId) ?? countedRequest(item);
    requests.set(reqId, request);
    return request;
  };
  return { deps: { progress: Object.assign(new FakeProgress(), calls) }, requestOf };
}
