// Provides the network that an operator has already, for stacks that go into an existing VPC.
import {
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import type { LocalClients } from "./clients.ts";

/** Ids of a network's parts, each under the name of the stack's parameter. `subnet` has two, with a comma between. */
export type Network = Readonly<Record<"vpc" | "subnet" | "sg" | "key", string>>;

/** Makes a VPC with two subnets, a security group and a key pair; group and key pair have the name. */
export async function existingNetwork({ ec2 }: LocalClients, name: string): Promise<Network> {
  const vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc?.VpcId ?? "";
  const subnet = async (CidrBlock: string) =>
    (await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock }))).Subnet?.SubnetId ?? "";
  const group = await ec2.send(new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: name, Description: name }));
  await ec2.send(new CreateKeyPairCommand({ KeyName: name }));
  return {
    vpc,
    subnet: `${await subnet("10.9.1.0/24")},${await subnet("10.9.2.0/24")}`,
    sg: group.GroupId ?? "",
    key: name,
  };
}
