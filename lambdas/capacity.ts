// For task, which ensures that there are instances, and shutdown, which lets them go.

import type { Fleet } from "../aws/fleet.ts";
import type { RequestReader } from "../aws/request-table.ts";
import { neededCapacity } from "../domain/request/lifecycle.ts";

/** Keeps the group's size at what the active requests need. */
export class Capacity {
  constructor(
    private readonly requests: Pick<RequestReader, "active">,
    private readonly fleet: Pick<Fleet, "desiredCapacity" | "setDesiredCapacity" | "raiseTo">,
  ) {}

  /**
   * Sets the group to what is needed now. Looks again afterwards: a request that starts raises the group before it is
   * listed, and this may just have lowered it again.
   */
  async follow(): Promise<void> {
    const needed = neededCapacity(await this.requests.active());
    if ((await this.fleet.desiredCapacity()) !== needed) await this.fleet.setDesiredCapacity(needed);
    await this.ensure();
  }

  /** Raises the group to what is needed, if it is below. */
  async ensure(): Promise<void> {
    const needed = neededCapacity(await this.requests.active());
    if (needed > 0) await this.fleet.raiseTo(needed);
  }
}
