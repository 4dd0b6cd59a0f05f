import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { Fleet } from "../../aws/fleet.ts";
import { fakeClient } from "./client.ts";

function newFleet(DesiredCapacity?: number, Instances?: readonly object[], MaxSize?: number) {
  const groups = DesiredCapacity === undefined ? [] : [{ DesiredCapacity, Instances, MaxSize }];
  const { client, sent } = fakeClient<AutoScalingClient>(() => ({ AutoScalingGroups: groups }));
  const set = () => sent.flatMap(({ name, input }) => (name === "SetDesiredCapacityCommand" ? [input] : []));
  return { fleet: new Fleet(client, "prewarm_asg_prod"), sent, set };
}
const setTo = (DesiredCapacity: number) => ({
  AutoScalingGroupName: "prewarm_asg_prod",
  DesiredCapacity,
  HonorCooldown: false,
});

it("the group is read by its name; one that is not there is a fault", async () => {
  const { fleet, sent } = newFleet(4);
  expect(await fleet.desiredCapacity()).toBe(4);
  expect(sent[0]?.input).toEqual({ AutoScalingGroupNames: ["prewarm_asg_prod"] });
  await expect(newFleet().fleet.desiredCapacity()).rejects.toThrow("There is no Auto Scaling group prewarm_asg_prod");
});

it("the group has the instances that it lists, whatever is wanted, and says which of them are up", async () => {
  const two = [{ LifecycleState: "InService" }, { LifecycleState: "Pending" }];
  expect(await newFleet(4, two).fleet.state()).toEqual({ wanted: 4, instances: 2, inService: 1 });
  expect(await newFleet(3).fleet.state()).toEqual({ wanted: 3, instances: 0, inService: 0 });
  await expect(newFleet().fleet.state()).rejects.toThrow("There is no Auto Scaling group prewarm_asg_prod");
});

it.each([
  [1, 3, [setTo(3)]],
  [3, 3, []],
  [5, 3, []],
])("the group at %i is raised to %i", async (now, to, expected) => {
  const { fleet, set } = newFleet(now);
  await fleet.raiseTo(to);
  expect(set()).toEqual(expected);
});

it("the group is set to its maximum where a request wishes for more than that: it was lowered meanwhile", async () => {
  const { fleet, set } = newFleet(1, [], 2);
  await fleet.setDesiredCapacity(5);
  await fleet.raiseTo(5);
  expect(set()).toEqual([setTo(2), setTo(2)]);
  const full = newFleet(2, [], 2);
  await full.fleet.raiseTo(5);
  expect(full.set()).toEqual([]);
});

it.each([
  ["as it was raised", 3, [setTo(1)]],
  ["raised further since", 5, []],
  ["lowered since", 0, []],
])("the group %s: a raise from 1 to 3 is taken back or let be", async (_, now, expected) => {
  const { fleet, set } = newFleet(now);
  await fleet.restore(3, 1);
  expect(set()).toEqual(expected);
});
