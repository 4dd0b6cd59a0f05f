import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { WatchDeps } from "../../../lambdas/watch/deps.ts";
import { createHandler } from "../../../lambdas/watch/handler.ts";
import type { Fakes } from "../../../tools/local/fake-deps.ts";
import { fakeStores } from "../fakes/stores.ts";
import { type Fault, noteCalls } from "../noted-calls.ts";

/** Watch, of these requests, where nothing is queued or dead and no instance runs, but for what is given. */
export function watchWorld(items: readonly RequestItem[] = [], given: Fakes<WatchDeps> = {}, fault?: Fault) {
  const stores = fakeStores(...items);
  const deadLetters = { depth: async () => ({ available: 0, delayed: 0, inFlight: 0 }) };
  const noted = noteCalls<WatchDeps>({ ...stores, deadLetters, ...given }, fault);
  const handler = createHandler(noted.deps);
  return { ...stores, ...noted, run: () => handler({}, { getRemainingTimeInMillis: () => 60_000 }) };
}
