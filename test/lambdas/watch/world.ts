import { timingsOf } from "../../../domain/request/lifecycle.ts";
import type { WatchDeps } from "../../../lambdas/watch/deps.ts";
import { type Fakes, fakeDeps } from "../../../tools/local/fake-deps.ts";
import { FakeAsyncFunction } from "../fakes/async-function.ts";
import { FakeFleet } from "../fakes/fleet.ts";
import { FakeProgress } from "../fakes/progress.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeResults } from "../fakes/results.ts";
import { FakeSettlementRequests } from "../fakes/settlement-requests.ts";
import { FakeQueue } from "../fakes/task-queue.ts";
import { silent } from "../silent.ts";

/** Of a run that has begun. */
export const WATCH_CONTEXT = { getRemainingTimeInMillis: () => 240_000 };

type Given = Fakes<WatchDeps>;

/** What Watch needs, where nothing runs, is queued or dead; what it logs is in `lines`. */
export function watchDeps(given: Given = {}) {
  const requests = new FakeRequests();
  const lines: unknown[][] = [];
  const deps = fakeDeps<WatchDeps>({
    requests,
    requestPops: new FakeRequestPops(requests),
    progress: new FakeProgress(),
    results: new FakeResults(),
    queue: new FakeQueue(),
    settlements: new FakeSettlementRequests(),
    expandFunction: new FakeAsyncFunction(),
    fleet: new FakeFleet(),
    deadLetters: { receive: async () => [] },
    failedBatches: {},
    onUnparseable: (it: { readonly key: string }) => {
      throw new Error(`unreadable: ${it.key}`);
    },
    timings: timingsOf(),
    logger: { ...silent, info: (...line: unknown[]) => void lines.push(line) },
    namespace: "Prewarm/test",
    ...given,
  });
  return { deps, lines };
}
