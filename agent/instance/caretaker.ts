import { type AutoScalingClient, TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { Logger } from "pino";
import type { ProgressReader } from "../../aws/progress-table.ts";
import type { ActiveRequest, RequestReader } from "../../aws/request-table.ts";
import type { SettlementQueue } from "../../aws/settlement-queue.ts";
import type { TaskQueue } from "../../aws/task-queue.ts";
import { isOverdue, needsSettlement, observe, type Timings } from "../../domain/request/lifecycle.ts";
import { eachRequest } from "../../domain/request/progress.ts";

const MAX_INTERVAL_MS = 15_000;

export interface CaretakerOptions {
  readonly requests: Pick<RequestReader, "listActive" | "standing">;
  readonly progress: Pick<ProgressReader, "of">;
  readonly queue: Pick<TaskQueue, "depth">;
  readonly settlements: Pick<SettlementQueue, "requestSettlement">;
  /** When this process's last task ended, by `performance.now()`. */
  readonly lastTaskAt: () => number;
  readonly timings: Timings;
  /** Takes this instance out of its group. */
  readonly retire: () => Promise<void>;
  /** Without work for this long, and with nothing active, the instance leaves. */
  readonly retireMs: number;
  readonly logger: Logger;
}

/**
 * Asks Shutdown to look at requests that stand still or are overdue, and leaves the group in the end. One process does it
 * for its instance.
 */
export class Caretaker {
  private lastWork = performance.now();

  constructor(private readonly options: CaretakerOptions) {}

  /** How often to call {@link check}, in milliseconds. */
  get intervalMs(): number {
    return Math.min(MAX_INTERVAL_MS, this.options.timings.recheckMs);
  }

  /**
   * Checks once and does what is needed. A failure is logged; the next check tries again.
   * @param working whether this process has a message
   * @returns whether the instance has left its group
   */
  async check(working: boolean): Promise<boolean> {
    const now = performance.now();
    this.lastWork = working ? now : Math.max(this.lastWork, this.options.lastTaskAt());
    try {
      return await this.act(now - this.lastWork);
    } catch (error) {
      this.options.logger.warn({ err: error }, "Checking requests failed");
      return false;
    }
  }

  private async act(idleMs: number): Promise<boolean> {
    const { requests, retire, retireMs, timings, logger } = this.options;
    const active = await requests.listActive();
    const decision = decideIdle({ idleMs, active, now: new Date(), timings, retireMs });
    if (decision.lookAround) await this.lookAround(active);
    else await eachRequest(decision.overdue, this.onFailure, ({ req_id }) => this.requestSettlement(req_id));
    if (!decision.retire) return false;
    logger.info({ idle_ms: Math.round(idleMs) }, "No active request; leaving the Auto Scaling group");
    await retire();
    return true;
  }

  /** Requests a settlement check of each request that would not go on or end by itself. */
  private async lookAround(active: readonly ActiveRequest[]): Promise<void> {
    const observed = await observe(this.options, active, Date.now, this.onFailure);
    await eachRequest(active, this.onFailure, async ({ req_id }) => {
      const standing = await this.options.requests.standing(req_id);
      if (standing !== undefined && needsSettlement(standing, observed)) await this.requestSettlement(req_id);
    });
  }

  private readonly onFailure = (reqId: string, error: unknown): void => {
    this.options.logger.warn({ err: error, req_id: reqId }, "Checking a request failed");
  };

  private async requestSettlement(reqId: string): Promise<void> {
    const { settlements, logger } = this.options;
    if (!(await settlements.requestSettlement(reqId))) return;
    logger.info({ req_id: reqId }, "Request stalled or overdue; settlement requested");
  }
}

/** What an agent should do for the requests and its group. */
export interface IdleDecision {
  /** Requests whose time is up and that nobody has ended. A busy agent finds them, too. */
  readonly overdue: readonly ActiveRequest[];
  /** Whether to see if one stands still: this agent has had no work for a while. */
  readonly lookAround: boolean;
  /** Leave the group: nothing is active, and there has been no work for long. */
  readonly retire: boolean;
}

export function decideIdle(facts: {
  /** Since this process last had work. */
  readonly idleMs: number;
  readonly active: readonly ActiveRequest[];
  readonly now: Date;
  readonly timings: Pick<Timings, "recheckMs">;
  readonly retireMs: number;
}): IdleDecision {
  const { idleMs, active, now, timings, retireMs } = facts;
  return {
    overdue: active.filter((item) => isOverdue(item, now.getTime())),
    lookAround: active.length > 0 && idleMs >= timings.recheckMs,
    retire: active.length === 0 && idleMs >= retireMs,
  };
}

/** Ends this instance and lowers the desired capacity of its group by one. */
export async function retire(autoScaling: AutoScalingClient, instanceId: string): Promise<void> {
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: instanceId, ShouldDecrementDesiredCapacity: true }),
  );
}
