import type { ProgressTable } from "../../../aws/progress-table.ts";
import { NO_COUNT } from "../../../domain/result/count.ts";
import type { BatchProgress } from "../../../lambdas/aggregation/batch.ts";
import { RequestCounters } from "../../../lambdas/aggregation/handler.ts";
import { fakeDeps } from "../fake-deps.ts";
import { FakeProgress } from "../fakes/progress.ts";
import type { Public } from "../fakes/public.ts";
import { request } from "../items.ts";

/** The Progress table with some calls of a test's own, and requests as one process remembers them. */
export function remembered(calls: Partial<Public<ProgressTable>>) {
  const { progress } = fakeDeps<{ progress: ProgressTable }>({ progress: Object.assign(new FakeProgress(), calls) });
  const requests = new Map<string, RequestCounters>();
  const requestOf = (reqId: string) => {
    const counted = requests.get(reqId) ?? new RequestCounters(progress, request({ req_id: reqId, total_count: 9 }));
    requests.set(reqId, counted);
    return counted;
  };
  return { requestOf };
}

/** A batch that changes nothing but this. */
export function batch(change: Partial<BatchProgress> & { readonly reqId: string }): BatchProgress {
  const nothing = { total: NO_COUNT, pops: new Map(), durations: [], failures: new Map(), uncompressed: [] };
  return { ...nothing, at: 0, token: "", ...change };
}
