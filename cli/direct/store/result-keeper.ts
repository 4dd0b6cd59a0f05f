import type { LeadResult } from "../../../domain/plan/followers.ts";
import type { ResultStore } from "../../../domain/plan/ports.ts";
import type { TaskKey } from "../../../domain/plan/task.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import type { Journal } from "./journal.ts";
import type { LiveCounts } from "./live-counts.ts";

/** Of so many tasks it is remembered how they ended. Another one is requested again if its message comes again. */
const MAX_REMEMBERED = 50_000;

/** Keeps results in the journal and counts them. What cannot be written ends the run. */
export class ResultKeeper implements ResultStore {
  /** By `pop_url`. Whole results would take ten times the memory. */
  private readonly remembered = new Map<string, LeadResult>();

  /** @param hooks `onKept`: called after results are written; `onFault`: called when some cannot be */
  constructor(
    private readonly journal: Journal,
    private readonly counts: LiveCounts,
    private readonly hooks: { readonly onKept: () => void; readonly onFault: (error: unknown) => void },
  ) {}

  async putGood(results: readonly TaskResult[]): Promise<readonly TaskResult[]> {
    await this.keep(results);
    return [];
  }

  async putFailure(result: TaskResult): Promise<void> {
    if (this.remembered.get(result.pop_url)?.ok !== true) await this.keep([result]);
  }

  async putIfAbsent(results: readonly TaskResult[]): Promise<void> {
    await this.keep(results.filter((result) => this.counts.tasks.isGood(result) === undefined));
  }

  async findExisting(keys: readonly TaskKey[]): Promise<ReadonlyMap<string, LeadResult>> {
    const found = keys.map(({ pop_url }) => [pop_url, this.remembered.get(pop_url)] as const);
    return new Map(found.flatMap(([key, result]) => (result === undefined ? [] : [[key, result] as const])));
  }

  /** A file that cannot be written now cannot be written later. */
  isTemporary(): boolean {
    return false;
  }

  private async keep(results: readonly TaskResult[]): Promise<void> {
    if (results.length === 0) return;
    try {
      await this.journal.append(results);
    } catch (error) {
      this.hooks.onFault(error);
      throw error;
    }
    for (const result of results) {
      this.counts.add(result, Date.now());
      this.remembered.delete(result.pop_url);
      this.remembered.set(result.pop_url, leadResultOf(result));
    }
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size <= MAX_REMEMBERED) break;
      this.remembered.delete(oldest);
    }
    this.hooks.onKept();
  }
}

function leadResultOf(result: TaskResult) {
  const { ok, outcome, reason, http_status, rec_unsure, hit_after_download, rounds, filled_at, transferred_bytes } =
    result;
  return {
    ok,
    outcome,
    reason,
    http_status,
    rec_unsure,
    hit_after_download,
    rounds,
    filled_at,
    transferred_bytes,
  } satisfies Required<LeadResult>;
}
