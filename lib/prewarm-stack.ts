import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { prefixedSynthesizer } from "./code-prefix.ts";
import { Network } from "./network.ts";
import { Parameters } from "./parameters.ts";
import { Prewarm } from "./prewarm.ts";

export interface PrewarmStackProps extends StackProps {
  /** Default of the parameter of that name. @default prod */
  readonly envName?: string;
}

/** Prewarm in a VPC of its own. */
export class PrewarmStack extends Stack {
  constructor(scope: Construct, id: string, { envName, ...props }: PrewarmStackProps = {}) {
    super(scope, id, {
      description: "Prewarm: warms CloudFront edge locations (new VPC)",
      synthesizer: prefixedSynthesizer(),
      ...props,
    });
    const parameters = new Parameters(this, { envName, vpc: "new" });
    new Prewarm(this, "Prewarm", { parameters, network: new Network(this, "Network", parameters) });
  }
}
