import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from "@aws-sdk/client-auto-scaling";

/** The Auto Scaling group of agents. */
export class Fleet {
  constructor(
    private readonly autoScaling: AutoScalingClient,
    readonly groupName: string,
  ) {}

  async desiredCapacity(): Promise<number> {
    const { AutoScalingGroups } = await this.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.groupName] }),
    );
    const group = AutoScalingGroups?.[0];
    if (group === undefined) throw new Error(`There is no Auto Scaling group ${this.groupName}`);
    return group.DesiredCapacity ?? 0;
  }

  async setDesiredCapacity(capacity: number): Promise<void> {
    await this.autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: this.groupName,
        DesiredCapacity: capacity,
        HonorCooldown: false,
      }),
    );
  }

  /** Raises the group to `capacity` if it is below. */
  async raiseTo(capacity: number): Promise<void> {
    if ((await this.desiredCapacity()) < capacity) await this.setDesiredCapacity(capacity);
  }

  /** Takes a raise back, unless somebody has changed the group since. */
  async restore(from: number, to: number): Promise<void> {
    if ((await this.desiredCapacity()) === from) await this.setDesiredCapacity(to);
  }
}
