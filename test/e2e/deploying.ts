import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import { deploy } from "../../local/deploy.ts";
import type { Stack } from "./stack.ts";

const STACK = "PrewarmExistingVpcStack";

/** A network as an operator has it already. */
async function existingNetwork({ clients }: Stack["prewarm"]) {
  const { Vpc } = await clients.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const vpc = Vpc?.VpcId ?? "";
  const subnet = async (CidrBlock: string) =>
    (await clients.ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock }))).Subnet?.SubnetId ?? "";
  const group = await clients.ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "agents", Description: "agents" }),
  );
  await clients.ec2.send(new CreateKeyPairCommand({ KeyName: "operator" }));
  return {
    vpc,
    subnet: `${await subnet("10.9.1.0/24")},${await subnet("10.9.2.0/24")}`,
    sg: group.GroupId ?? "",
    key: "operator",
  };
}

export function deploying(running: () => Stack): void {
  it("the stack in an existing VPC, public at first and then private, beside the other one", async () => {
    const { prewarm } = running();
    const network = await existingNetwork(prewarm);
    const open = await deploy(prewarm.aws, prewarm.clients, STACK, { envName: "second", ...network });
    expect(await statusOf(running())).toBe("CREATE_COMPLETE");
    const answer = await fetch(`${prewarm.aws.endpoint}/_aws/execute-api/${open.apiId}/prod/instances`, {
      method: "POST",
      headers: { "x-api-key": open.apiKey },
      body: '{"DesiredCapacity": 0}',
    });
    expect(await answer.json()).toMatchObject({
      message: "Auto Scaling Group prewarm_asg_second updated to Desired Capacity: 0",
    });

    await deploy(prewarm.aws, prewarm.clients, STACK, {
      envName: "second",
      ...network,
      vpce: "vpce-0123456789abcdef0",
    });
    expect(await statusOf(running())).toBe("UPDATE_COMPLETE");
  });
}

async function statusOf({ prewarm }: Stack): Promise<string | undefined> {
  const { Stacks } = await prewarm.clients.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
  return Stacks?.[0]?.StackStatus;
}
