import type { IpPermission } from "@aws-sdk/client-ec2";
import { fail, type Judgement, ok, warn } from "../judgement.ts";

/** What agents connect to. DNS is not among them: a group does not filter what goes to the VPC's own resolver. */
const PORTS = [443, 80];
const NEXT = "add rules to the group that let TCP 443 and 80 out to 0.0.0.0/0";

/**
 * Whether the security group lets agents out.
 * @param rules the group's outbound rules: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function judgeEgress(rules: readonly IpPermission[]): Judgement {
  const closed = PORTS.filter((port) => !rules.some((rule) => covers(rule, port)));
  if (closed.includes(443)) return fail("the group lets nothing out on port 443", NEXT);
  const narrow = PORTS.filter((port) => !rules.some((rule) => covers(rule, port) && goesEverywhere(rule)));
  if (narrow.includes(443)) return warn("the group lets port 443 out to some addresses only", NEXT);
  if (narrow.length > 0)
    return warn("the group does not let port 80 out to everywhere", `${NEXT}, if you warm http:// URLs`);
  return ok("the group lets ports 443 and 80 out to everywhere");
}

/** -1 is every protocol, on every port. */
function covers({ IpProtocol, FromPort = 0, ToPort = 65_535 }: IpPermission, port: number): boolean {
  if (IpProtocol === "-1") return true;
  return (IpProtocol === "tcp" || IpProtocol === "6") && FromPort <= port && port <= ToPort;
}

function goesEverywhere({ IpRanges = [] }: IpPermission): boolean {
  return IpRanges.some(({ CidrIp }) => CidrIp === "0.0.0.0/0");
}
