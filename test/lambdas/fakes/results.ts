import type { RequestTaskTable } from "../../../aws/request-task-table.ts";
import { shardKey, type TaskKey } from "../../../domain/plan/task.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import type { Public } from "../../../tools/local/fake-deps.ts";

export class FakeResults implements Omit<Public<RequestTaskTable>, "putGood" | "putFailure" | "isTemporary"> {
  constructor(readonly items: TaskResult[] = []) {}

  async *of(reqId: string, from: number, to: number) {
    const keys = new Set(Array.from({ length: to - from }, (_, i) => shardKey(reqId, from + i)));
    yield* this.items.filter(({ task_key }) => keys.has(task_key));
  }
  async *ofPop(reqId: string, pop: string, shards: number, _onRead?: (bytes: number) => void) {
    for await (const result of this.of(reqId, 0, shards)) if (result.pop === pop) yield result;
  }
  async findExisting(keys: readonly TaskKey[]) {
    const asked = new Set(keys.map(({ pop_url }) => pop_url));
    return new Map(this.items.filter(({ pop_url }) => asked.has(pop_url)).map((it) => [it.pop_url, it]));
  }
  async putIfAbsent(results: readonly TaskResult[]) {
    const known = new Set(this.items.map(({ pop_url }) => pop_url));
    this.items.push(...results.filter(({ pop_url }) => !known.has(pop_url)));
  }
}
