import {
  type AutoScalingClient,
  type AutoScalingGroup,
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
    return (await this.describe()).DesiredCapacity ?? 0;
  }

  /** How many instances are wanted, how many there are in whatever state, and how many of them are up. */
  async state(): Promise<{ readonly wanted: number; readonly instances: number; readonly inService: number }> {
    const { DesiredCapacity: wanted = 0, Instances = [] } = await this.describe();
    const inService = Instances.filter(({ LifecycleState }) => LifecycleState === "InService").length;
    return { wanted, instances: Instances.length, inService };
  }

  private async describe(): Promise<AutoScalingGroup> {
    const { AutoScalingGroups } = await this.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [this.groupName] }),
    );
    const group = AutoScalingGroups?.[0];
    if (group === undefined) throw new Error(`There is no Auto Scaling group ${this.groupName}`);
    return group;
  }

  /** Sets the group's size; to its maximum, where that was lowered while a request wishes for more. */
  async setDesiredCapacity(capacity: number): Promise<void> {
    const { DesiredCapacity, MaxSize = capacity } = await this.describe();
    const wanted = Math.min(capacity, MaxSize);
    if (DesiredCapacity !== wanted) await this.set(wanted);
  }

  private async set(capacity: number): Promise<void> {
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
    const { DesiredCapacity = 0, MaxSize = capacity } = await this.describe();
    const wanted = Math.min(capacity, MaxSize);
    if (DesiredCapacity < wanted) await this.set(wanted);
  }

  /** Takes a raise back, unless somebody has changed the group since. */
  async restore(from: number, to: number): Promise<void> {
    if ((await this.desiredCapacity()) === from) await this.set(to);
  }
}
