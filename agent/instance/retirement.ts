import { type AutoScalingClient, TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import type { Log } from "../../domain/log-fields.ts";

export interface RetirementOptions {
  readonly requests: { listActive(): Promise<readonly unknown[]> };
  /** Takes this instance out of its group. */
  readonly retire: () => Promise<void>;
  /** Without work for this long, and with nothing active, the instance leaves. */
  readonly retireMs: number;
  readonly logger: Log;
}

/** Takes an idle instance out of its group. One process does it for its instance. */
export class Retirement {
  constructor(private readonly options: RetirementOptions) {}

  /**
   * Checks once. A failure is logged; the next check tries again.
   * @param idleMs since this process last had a message
   * @returns whether the instance has left its group
   */
  async check(idleMs: number): Promise<boolean> {
    const { requests, retire, retireMs, logger } = this.options;
    if (idleMs < retireMs) return false;
    try {
      if ((await requests.listActive()).length > 0) return false;
      logger.info({ idle_ms: Math.round(idleMs) }, "No active request; leaving the Auto Scaling group");
      await retire();
      return true;
    } catch (error) {
      logger.warn({ err: error }, "Leaving the Auto Scaling group failed; will retry");
      return false;
    }
  }
}

/** Ends this instance and lowers the desired capacity of its group by one. */
export async function retire(autoScaling: AutoScalingClient, instanceId: string): Promise<void> {
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: instanceId, ShouldDecrementDesiredCapacity: true }),
  );
}
