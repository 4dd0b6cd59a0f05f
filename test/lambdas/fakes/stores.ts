import type { RequestItem } from "../../../domain/request/request-item.ts";
import { FakeLists } from "./lists.ts";
import { FakeProgress } from "./progress.ts";
import { FakeRequestPops } from "./request-pops.ts";
import { FakeRequests } from "./requests.ts";
import { FakeResults } from "./results.ts";
import {
  FakeAsyncFunction,
  FakeDistributions,
  FakeFleet,
  FakeSettlementRequests,
  FakeTimer,
  FakeTokens,
} from "./services.ts";
import { FakeQueue } from "./task-queue.ts";

/** A logger that keeps what it is told. */
export class FakeLogger {
  readonly infos: unknown[][] = [];
  readonly warnings: unknown[][] = [];
  readonly errors: unknown[][] = [];

  info(...line: unknown[]) {
    this.infos.push(line);
  }
  warn(...line: unknown[]) {
    this.warnings.push(line);
  }
  error(...line: unknown[]) {
    this.errors.push(line);
  }
}

/** All that the functions of the pipeline store, queue, call and log: these requests, and nothing else yet. */
export function fakeStores(...items: readonly RequestItem[]) {
  const requests = new FakeRequests(...items);
  const shutdown = new FakeAsyncFunction();
  return {
    requests,
    requestPops: new FakeRequestPops(requests),
    results: new FakeResults(),
    progress: new FakeProgress(),
    lists: new FakeLists(),
    queue: new FakeQueue(),
    fleet: new FakeFleet(),
    timer: new FakeTimer(),
    tokens: new FakeTokens(),
    distributions: new FakeDistributions(),
    expandFunction: new FakeAsyncFunction(),
    shutdown,
    settlements: new FakeSettlementRequests(shutdown),
    logger: new FakeLogger(),
  };
}
