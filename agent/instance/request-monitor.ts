import { type AutoScalingClient, TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { ActiveIndexEntry } from "../../aws/request-table.ts";
import type { Log } from "../../domain/log-fields.ts";
import {
  isOverdue,
  type LifecycleItem,
  needsSettlement,
  type Observed,
  type Observer,
  observe,
} from "../../domain/request/lifecycle.ts";
import { eachRequest } from "../../domain/request/progress.ts";

const MAX_INTERVAL_MS = 15_000;

export interface RequestMonitorOptions extends Observer {
  readonly requests: {
    listActive(): Promise<readonly ActiveIndexEntry[]>;
    getActive(reqId: string): Promise<LifecycleItem | undefined>;
  };
  readonly queue: NonNullable<Observer["queue"]>;
  readonly settlements: { requestSettlement(reqId: string): Promise<boolean> };
  /** Takes this instance out of its group. */
  readonly retire: () => Promise<void>;
  /** Without work for this long, and with nothing active, the instance leaves. */
  readonly retireMs: number;
  readonly logger: Log;
}

/**
 * Requests a settlement check of requests that are stalled or overdue, and leaves the group in the end. One process does it
 * for its instance.
 */
export class RequestMonitor {
  constructor(private readonly options: RequestMonitorOptions) {}

  /** How often to call {@link check}, in milliseconds. */
  get intervalMs(): number {
    return Math.min(MAX_INTERVAL_MS, this.options.timings.recheckMs);
  }

  /**
   * Checks once and does what is needed. A failure is logged; the next check tries again.
   * @param idleMs since this process last had a message
   * @returns whether the instance has left its group
   */
  async check(idleMs: number): Promise<boolean> {
    const { requests, retire, retireMs, logger } = this.options;
    try {
      const active = await requests.listActive();
      await this.requestSettlements(active, idleMs);
      if (active.length > 0 || idleMs < retireMs) return false;
      logger.info({ idle_ms: Math.round(idleMs) }, "No active request; leaving the Auto Scaling group");
      await retire();
      return true;
    } catch (error) {
      logger.warn({ err: error }, "Checking requests failed");
      return false;
    }
  }

  /**
   * Requests a settlement check of each request that would not go on or end by itself. A process that had work recently checks only
   * those that are overdue.
   */
  private async requestSettlements(active: readonly ActiveIndexEntry[], idleMs: number): Promise<void> {
    const { timings, logger } = this.options;
    const onFailure = (reqId: string, error: unknown) =>
      logger.warn({ err: error, req_id: reqId }, "Checking a request failed");
    const overdue = active.filter((item) => isOverdue(item, Date.now()));
    const others = active.filter((item) => !overdue.includes(item));
    // Overdue requests first: their progress, which may be unreadable, does not matter.
    await eachRequest(overdue, onFailure, ({ req_id }) => this.requestSettlement(req_id));
    if (others.length === 0 || idleMs < timings.recheckMs) return;
    // Of all requests: if agents work on another one, the messages in the queue are of that one.
    const observed = await observe(this.options, active, Date.now, onFailure);
    await eachRequest(others, onFailure, ({ req_id }) => this.requestSettlement(req_id, observed));
  }

  /** @param observed absent: the request is overdue */
  private async requestSettlement(reqId: string, observed?: Observed): Promise<void> {
    const { requests, settlements, logger } = this.options;
    // The index, which lists the active requests, lags.
    const request = await requests.getActive(reqId);
    if (request === undefined || (observed !== undefined && !needsSettlement(request, observed))) return;
    if (await settlements.requestSettlement(reqId))
      logger.info({ req_id: reqId }, "Request stalled or overdue; settlement requested");
  }
}

/** Ends this instance and lowers the desired capacity of its group by one. */
export async function retire(autoScaling: AutoScalingClient, instanceId: string): Promise<void> {
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: instanceId, ShouldDecrementDesiredCapacity: true }),
  );
}
