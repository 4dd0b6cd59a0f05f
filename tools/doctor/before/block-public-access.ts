import type { VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions } from "@aws-sdk/client-ec2";
import { fail, type Judgement, ok, warn } from "../judgement.ts";

export interface BlockPublicAccess {
  readonly options: VpcBlockPublicAccessOptions;
  /** All of the region. */
  readonly exclusions: readonly VpcBlockPublicAccessExclusion[];
  /** Where the instances will be; undefined: in a VPC that the stack makes. */
  readonly network: { readonly vpc: string; readonly subnets: readonly string[] } | undefined;
  /** Whether all subnets reach the internet through a NAT gateway. */
  readonly hasNat: boolean;
}

const CREATE =
  "aws ec2 create-vpc-block-public-access-exclusion --internet-gateway-exclusion-mode allow-bidirectional --vpc-id …";

/**
 * Whether VPC Block Public Access disconnects the instances from the internet. Both of its modes block internet gateways, `block-ingress`
 * also for connections that an instance opens; it leaves NAT gateways alone:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessOptions.html
 * An exclusion that allows egress alone applies to `block-bidirectional` alone:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessExclusion.html
 */
export function judgeBlockPublicAccess({ options, exclusions, network, hasNat }: BlockPublicAccess): Judgement {
  const { InternetGatewayBlockMode: mode = "off", ExclusionsAllowed } = options;
  if (mode === "off") return ok("VPC Block Public Access is off");
  const blocks = `VPC Block Public Access of this region is ${mode}`;
  if (mode === "block-ingress" && hasNat) return ok(`${blocks}, which leaves NAT gateways alone`);
  const excluded = exclusions
    .filter(({ State }) => State === "create-complete" || State === "update-complete")
    .filter((it) => mode === "block-bidirectional" || it.InternetGatewayExclusionMode === "allow-bidirectional")
    .map(({ ResourceArn = "" }) => ResourceArn.split("/").at(-1));
  const isVpcExcluded = network !== undefined && excluded.includes(network.vpc);
  const areSubnetsExcluded = network?.subnets.every((subnet) => excluded.includes(subnet)) ?? false;
  // Behind a NAT gateway, it is the gateway's own subnet that must be excluded, which is not known here.
  if (mode === "block-bidirectional" && hasNat && !isVpcExcluded) {
    return warn(
      `${blocks}: it blocks the NAT gateway, unless the gateway's own subnet is excluded`,
      `exclude the VPC before you deploy: ${CREATE}`,
    );
  }
  if (isVpcExcluded || areSubnetsExcluded) return ok(`${blocks}, and the instances are excluded from it`);
  const cut = `${blocks}: instances could not reach the internet through an internet gateway`;
  if (ExclusionsAllowed === "not-allowed")
    return fail(cut, "your organization allows no exclusions: use a VPC with private subnets and a NAT gateway");
  const when = network === undefined ? "right after the stack has made its VPC" : "before you deploy";
  return fail(cut, `exclude the VPC ${when}: ${CREATE}`);
}
