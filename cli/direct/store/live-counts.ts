import type { Plan } from "../../../domain/plan/plan.ts";
import { RecEvidence } from "../../../domain/plan/rec-evidence.ts";
import type { GoodUrl } from "../../../domain/plan/task.ts";
import { TaskBitmap } from "../../../domain/plan/task-bitmap.ts";
import type { Heartbeat, Progress } from "../../../domain/request/progress.ts";
import { addResult, type Count, NO_COUNT, type Sum } from "../../../domain/result/count.ts";
import type { FailureGroup } from "../../../domain/result/failure-groups.ts";
import { FailureTally } from "../../../domain/result/failure-tally.ts";
import type { ReportedResult } from "../../../domain/result/report.ts";

const MAX_EXAMPLES = 3;

/** What a run has come to so far: the counters that a stack keeps in its Progress table. Two bits for each task, and what is counted. */
export class LiveCounts {
  tasks: TaskBitmap;
  recEvidence: RecEvidence;
  private readonly byPop = new Map<string, Sum>();
  private readonly failures: FailureTally;
  private readonly uncompressed: string[] = [];
  private lastResultAt: number | undefined;
  private heartbeat: Heartbeat | undefined;

  constructor(
    public plan: Plan,
    readonly urls: readonly GoodUrl[],
  ) {
    this.tasks = new TaskBitmap(plan, urls);
    this.recEvidence = new RecEvidence(plan, urls);
    this.failures = new FailureTally(urls, plan.allTargets);
  }

  /** @param at when it came, in milliseconds since the epoch; undefined: in an earlier process */
  add(result: ReportedResult, at?: number): void {
    if (!this.tasks.addResult(result)) return;
    this.recEvidence.addResult(result);
    this.lastResultAt = at ?? this.lastResultAt;
    const sum = this.byPop.get(result.pop) ?? { ...NO_COUNT };
    addResult(sum, result);
    this.byPop.set(result.pop, sum);
    if (!result.ok) this.failures.add(result);
    if (result.uncompressed === true && this.uncompressed.length < MAX_EXAMPLES)
      this.uncompressed.push(result.variant === undefined ? result.url : `${result.url} (${result.variant})`);
  }

  /** Goes on with a plan that has more tasks. */
  extend(plan: Plan): void {
    const tasks = new TaskBitmap(plan, this.urls);
    tasks.restore(this.tasks.saved());
    const recEvidence = new RecEvidence(plan, this.urls);
    recEvidence.restore(this.recEvidence.saved());
    this.plan = plan;
    this.tasks = tasks;
    this.recEvidence = recEvidence;
  }

  setHeartbeat(heartbeat: Heartbeat): void {
    this.heartbeat = heartbeat;
  }

  progress(): Progress {
    return {
      count: this.tasks.count(),
      lastResultAt: this.lastResultAt,
      heartbeats: this.heartbeat === undefined ? [] : [this.heartbeat],
      uncompressed: this.uncompressed.length === 0 ? undefined : this.uncompressed,
    };
  }

  /** By POP; one without a result has none. */
  pops(): ReadonlyMap<string, Count> {
    return this.byPop;
  }

  /** The failed tasks by reason, those of most tasks first. */
  failureGroups(): FailureGroup[] {
    return this.failures.groups();
  }
}
