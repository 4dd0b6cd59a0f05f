import type { RequestItem } from "../../../domain/request/request-item.ts";
import { FakeLists } from "./lists.ts";
import { FakeAsyncFunction, FakeDistributions, FakeFleet, FakeTimer } from "./services.ts";
import { memoryTables } from "./tables.ts";
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
  return {
    ...memoryTables(...items),
    lists: new FakeLists(),
    queue: new FakeQueue(),
    fleet: new FakeFleet(),
    timer: new FakeTimer(),
    distributions: new FakeDistributions(),
    expandFunction: new FakeAsyncFunction(),
    logger: new FakeLogger(),
  };
}
