import type { Fleet } from "../../../aws/fleet.ts";
import type { Public } from "./public.ts";

export class FakeFleet implements Public<Fleet> {
  readonly groupName = "prewarm_asg_prod";
  constructor(public capacity = 0) {}

  async desiredCapacity() {
    return this.capacity;
  }
  async state() {
    return { wanted: this.capacity, instances: this.capacity, inService: this.capacity };
  }
  async setDesiredCapacity(capacity: number) {
    this.capacity = capacity;
  }
  async raiseTo(capacity: number) {
    this.capacity = Math.max(this.capacity, capacity);
  }
  async restore(from: number, to: number) {
    if (this.capacity === from) this.capacity = to;
  }
}
