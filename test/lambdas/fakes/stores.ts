import type { UnparseableItem } from "../../../domain/log-fields.ts";
import { timingsOf } from "../../../domain/request/lifecycle.ts";
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
  const buried: string[][] = [];
  const unreadable: UnparseableItem[] = [];
  return {
    ...memoryTables(...items),
    lists: new FakeLists(),
    queue: new FakeQueue(),
    fleet: new FakeFleet(),
    timer: new FakeTimer(),
    distributions: new FakeDistributions(),
    expandFunction: new FakeAsyncFunction(),
    logger: new FakeLogger(),
    failedBatches: { send: async (...letter: string[]) => void buried.push(letter) },
    /** What was sent there. */
    buried,
    onUnparseable: (item: UnparseableItem) => void unreadable.push(item),
    unreadable,
    timings: timingsOf(),
    namespace: "Prewarm/test",
  };
}
